export * from '@shared/words/spec-en'
