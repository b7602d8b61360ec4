export * from '@shared/domain/trial-axes'
