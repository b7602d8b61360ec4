export declare const hostFlags: string[]
