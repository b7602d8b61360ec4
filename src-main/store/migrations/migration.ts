export interface Migration {
  /** 1, 2, 3 …: what `user_version` is after it. */
  version: number
  name: string
  sql: string
}
