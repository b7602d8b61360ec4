export * from '@shared/words/spec-zh'
