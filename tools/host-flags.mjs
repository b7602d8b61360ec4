/** Of the program that serves: what an answer leaves behind is soon done with; by default V8 lets it grow to three times 16 MB before it looks. */
export const hostFlags = ['--max-semi-space-size=4']
