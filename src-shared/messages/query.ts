import type { Message } from './message'

export const queryMessages = {
  'query/quote-open': {
    en: 'The quotation mark at character {position} is not closed: “{part}”. Add one at the end of the text it is for.',
    zh: '第 {position} 个字符处的引号没有闭合：“{part}”。请在引用文字的末尾补上引号。',
  },
  'query/parenthesis-open': {
    en: 'The parenthesis at character {position} is not closed. Add ) where its condition ends.',
    zh: '第 {position} 个字符处的括号没有闭合。请在该条件结束处补上 )。',
  },
  'query/parenthesis-close': {
    en: 'The ) at character {position} closes nothing. Take it away, or open a ( before it.',
    zh: '第 {position} 个字符处的 ) 没有对应的 (。请删除它，或在前面加上 (。',
  },
  'query/nothing-after': {
    en: 'Nothing follows “{part}” at character {position}. Write a condition after it, or put the word in quotation marks to search for it.',
    zh: '第 {position} 个字符处的“{part}”之后没有内容。请在其后写一个条件，或给该词加上引号以搜索它。',
  },
  'query/unexpected': {
    en: '“{part}” at character {position} does not belong here: a word or a condition such as status = failed is expected.',
    zh: '第 {position} 个字符处的“{part}”不应出现在此处：应为一个词，或 status = failed 这样的条件。',
  },
  'query/field-missing': {
    en: 'There is nothing on the left of “{part}” at character {position}. Write what is compared, such as train/elbo {part} -100.',
    zh: '第 {position} 个字符处的“{part}”左边没有内容。请写出要比较的字段，例如 train/elbo {part} -100。',
  },
  'query/field-name': {
    en: '“{part}” at character {position} is no name of a field. Names begin with a letter, such as model.latent or train/elbo; to search for the text itself, put all of it in quotation marks.',
    zh: '第 {position} 个字符处的“{part}”不是字段名。字段名以字母开头，例如 model.latent 或 train/elbo；若要搜索这段文字，请整体加上引号。',
  },
  'query/operator': {
    en: '“{part}” at character {position} is no comparison. There are : (contains), =, !=, >, >=, < and <=.',
    zh: '第 {position} 个字符处的“{part}”不是比较符。可用的有 :（包含）、=、!=、>、>=、< 和 <=。',
  },
  'query/value-missing': {
    en: 'A value is missing after “{part}” at character {position}. Write one, in quotation marks where it contains blanks.',
    zh: '第 {position} 个字符处的“{part}”之后缺少取值。请补上取值；含空格时请加引号。',
  },
  'query/unknown-field': {
    en: 'No run has a field or metric “{part}” (character {position}). The nearest name is {nearest}. To search for the text itself, put it in quotation marks.',
    zh: '没有运行含有字段或指标“{part}”（第 {position} 个字符）。最接近的名称是 {nearest}。若要搜索这段文字，请加上引号。',
  },
  'query/not-a-number': {
    en: '{field} is a number, and “{part}” at character {position} is not. Write a number, such as -100 or 1e-3.',
    zh: '{field} 的取值是数字，而第 {position} 个字符处的“{part}”不是。请写一个数字，例如 -100 或 1e-3。',
  },
  'view/not-found': { en: 'There is no saved view {name}. There are: {known}.', zh: '没有名为 {name} 的已保存视图。现有：{known}。' },
  'table/no-such-column': {
    en: 'No run has a column {name}. The nearest name is {nearest}.',
    zh: '没有运行含有列 {name}。最接近的名称是 {nearest}。',
  },
  'run/not-in-trash': {
    en: 'Run {id} is not in the trash. Put it there first; from there it can be deleted for ever.',
    zh: '运行 {id} 不在回收站中。请先将其移入回收站，再从那里永久删除。',
  },
} as const satisfies Record<string, Message>
