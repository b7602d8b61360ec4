import { type Command, Option } from 'commander'
import { dataFormatSchema } from '@shared/domain/dataset'
import { generatorKinds } from '@shared/domain/generator'
import { addData, exportData, generateData, listData, removeData, scoreRun, showData, showTruth, updateData } from './commands/data'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { collect, seed, type WithSession } from './program'

/** `interruptions`: Ctrl-C ends an import, and leaves nothing of it. */
export function addDataCommands(data: Command, interruptions: Interruptions, withSession: WithSession): void {
  data
    .command('add <path>')
    .description(
      say(
        'import a table or array (CSV, Excel, JSON lines, Parquet, Arrow, NPY, NPZ, MATLAB, HDF5, ARFF, SQLite, IDX) a folder of images or of texts; or the name of bundled data',
        '导入表格或数组（CSV、Excel、JSON Lines、Parquet、Arrow、NPY、NPZ、MATLAB、HDF5、ARFF、SQLite、IDX）、图像文件夹或文本文件夹；也可以是内置数据的名称',
      ),
    )
    .option('--name <name>', say('name of the dataset', '数据集名称'))
    .addOption(
      new Option('--format <format>', say('format (default: recognized)', '格式（默认：自动识别）')).choices(dataFormatSchema.options.filter((format) => format !== 'generated')),
    )
    .option('--member <name>', say('what of a file that holds several things: an array, a sheet, a table', '文件中的哪一项：数组、工作表或数据表'))
    .option('--labels <name>', say('array in the same file that holds the classes of the rows', '同一文件中存放各行类别的数组'))
    .option('--side <pixels>', say('pictures: crop to the middle square and scale to this side', '图片：裁剪为中心正方形并缩放到此边长'), Number)
    .option('--grey', say('pictures: one channel of brightness', '图片：转为单通道灰度'))
    .option('--min-documents <n>', say('documents: leave out words of fewer documents', '文档：忽略出现篇数更少的词'), Number)
    .option('--label <column>', say('column that names the class of a row', '类别标签所在的列'))
    .option('--ignore <columns>', say('columns to leave out, separated by commas', '忽略的列，以逗号分隔'))
    .option('--ids <columns>', say('columns that only tell rows apart', '仅用于标识行的列'))
    .option('--delimiter <character>', say('what stands between cells', '单元格之间的分隔符'))
    .addOption(new Option('--encoding <name>', say('encoding of the text', '文本编码')).choices(['utf-8', 'utf-16le', 'utf-16be', 'gb18030']))
    .addOption(new Option('--decimal <mark>', say('3.6 or 3,6', '小数点写法：3.6 或 3,6')).choices(['point', 'comma']))
    .option('--header', say('the first row holds the column names', '首行为列名'))
    .option('--no-header', say('the first row is data', '首行为数据'))
    .option('--comments', say('lines that begin with # are left out', '忽略以 # 开头的行'))
    .option('--missing-marks <texts>', say('texts that mean a missing value, separated by commas', '表示缺失值的文本，以逗号分隔'))
    .option('--part-column <column>', say('column that says train or test of each row', '逐行注明 train 或 test 的列'))
    .option('--categorical <columns>', say('columns whose values are names of categories', '取值为类别名称的列'))
    .addOption(
      new Option('--missing <what>', say('rows with missing values: keep or drop them', '含缺失值的行：保留或删除')).choices([
        'keep',
        'drop',
      ]),
    )
    .action((path: string, options) => withSession(({ session }) => addData(path, options, { session, interruptions })))
  data
    .command('list')
    .description(say('the datasets there are', '列出数据集'))
    .action(() => withSession(({ session }) => listData(session)))
  data
    .command('show <name>')
    .description(say('one dataset', '查看一个数据集'))
    .action((name: string) => withSession(({ session }) => showData(session, name)))
  data
    .command('remove <name>')
    .description(say('remove a dataset', '删除一个数据集'))
    .option('--force', say('even where runs need it', '即使仍有实验需要它'))
    .action((name: string, { force = false }: { force?: boolean }) => withSession(({ session }) => removeData(session, name, force)))
  data
    .command('generate <kind>')
    .description(say(`data made by known rules, with the truth beside them: ${generatorKinds.join(', ')}`, `按已知规则生成数据，并附真值：${generatorKinds.join('、')}`))
    .option('--set <field=value>', say('set a field, e.g. rows=500; may be repeated', '设置字段，例如 rows=500；可重复'), collect, [])
    .option('--seed <n>', say('seed', '随机种子'), seed)
    .option('--name <name>', say('name of the dataset', '数据集名称'))
    .action((kind: string, options) => withSession(({ session }) => generateData(kind, options, { session, interruptions })))
  data
    .command('truth <name>')
    .description(say('what is known of generated data: parameters, latent quantities, log-likelihood', '生成数据的真值：参数、隐变量、对数似然'))
    .action((name: string) => withSession(({ session }) => showTruth(session, name)))
  data
    .command('score <run>')
    .description(say('hold a fit against the truth of its generated data', '将拟合结果与生成数据的真值比较'))
    .action((run: string) => withSession(({ session }) => scoreRun(session, run)))
  data
    .command('update <name>')
    .description(say('rename, describe or tag a dataset', '重命名、描述或标记数据集'))
    .option('--name <name>', say('new name', '新名称'))
    .option('--description <text>', say('description', '描述'))
    .option('--tags <tags>', say('tags, separated by commas', '标签，以逗号分隔'))
    .action((name: string, options) => withSession(({ session }) => updateData(session, name, options)))
  data
    .command('export <name>')
    .description(say('write the stored data to a .csv or .npy file', '将存储的数据写入 .csv 或 .npy 文件'))
    .requiredOption('--out <file>', say('the file', '目标文件'))
    .action((name: string, { out }: { out: string }) => withSession(({ session }) => exportData(session, name, out)))
}
