import type { Command } from 'commander'
import { listExamples, runExample, showExample } from './commands/examples'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { collect, seed, type WithSession } from './program'

/** Ready-made experiments on bundled data. */
export function addExampleCommands(program: Command, interruptions: Interruptions, withSession: WithSession): void {
  const examples = program.command('examples').description(say('ready-made experiments: list, show, run', '现成的实验：列出、查看、运行'))
  examples
    .command('list')
    .description(say('the ready-made experiments there are', '列出现成的实验'))
    .action(() => withSession(({ session }) => listExamples(session)))
  examples
    .command('show <name>')
    .description(say('what it fits, as a specification', '查看其规格'))
    .action((name: string) => withSession(({ session }) => showExample(session, name)))
  examples
    .command('run <name>')
    .description(say('fit it; several runs one after the other', '运行；多个运行依次进行'))
    .option('--set <path=value>', say('set a field of each run; may be repeated', '设置每个运行的字段；可重复'), collect, [])
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .action((name: string, options) => withSession((context) => runExample(name, options, { ...context, interruptions })))
}
