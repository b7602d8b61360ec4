/*
 * The rooms of the house and the walls between them: one table and one lint rule that reads it. Its picture is docs/architecture.md.
 *
 * A room is a folder (or a file); the longest match wins. `rooms`: whom it may import besides itself. `packages`: what else, where
 * `node:*` is all of Node. `never`: globals it does not touch (`Math.random` for a member).
 */
const clocks = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'Math.random', 'crypto']
const network = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource']
const browser = ['window', 'document', 'localStorage', 'sessionStorage', 'indexedDB', 'navigator', 'location']
const node = ['process', 'Buffer', 'global', 'require', '__dirname', '__filename']
const everythingOutside = [...clocks, ...network, ...browser, ...node]
const offline = [...network, ...node]
const noWindow = ['Math.random', ...browser]
const noWindowNoNetwork = [...noWindow, ...network]

const under = (top, ...folders) => folders.map((folder) => `${top}/${folder}`)
const inMain = (...folders) => ['src-shared', ...under('src-main', ...folders)]
const inRenderer = (...folders) => ['src-shared', ...under('src-renderer', ...folders)]
const vueParts = ['vue', 'vue-i18n', 'element-plus', '@element-plus/icons-vue']
const look = ['composables', 'i18n', 'theme', 'test-ids']

const room = (rooms, packages, never) => ({ rooms, packages, never })

export const rooms = {
  'src-shared': room([], ['zod'], everythingOutside),

  'src-renderer': room(
    inRenderer('api', 'stores', 'views', 'components', 'charts', ...look),
    [...vueParts, 'vue-router', 'pinia', 'zod'],
    offline,
  ),
  'src-renderer/api': room(['src-shared'], [], ['document', 'localStorage', 'sessionStorage', 'indexedDB', 'WebSocket', ...node]),
  'src-renderer/stores': room(inRenderer('api', 'composables', 'i18n', 'theme'), ['vue', 'pinia'], offline),
  'src-renderer/charts': room(inRenderer('components', ...look), [...vueParts, 'echarts'], offline),
  'src-renderer/components': room(inRenderer('charts', ...look), [...vueParts, 'zod'], offline),
  'src-renderer/composables': room(inRenderer('i18n', 'theme'), vueParts, offline),
  'src-renderer/i18n': room(['src-shared'], ['vue', 'vue-i18n', 'element-plus'], offline),
  'src-renderer/theme': room(['src-shared'], ['vue'], offline),
  'src-renderer/test-ids': room([], [], everythingOutside),
  'src-renderer/views': room(inRenderer('stores', 'components', 'charts', ...look), [...vueParts, 'vue-router', 'yaml'], offline),

  'src-main/entries': room(
    inMain(
      ...['host', 'cli', 'rpc', 'rpc/electron-ipc', 'rpc/electron-bridge', 'services', 'jobs', 'store', 'files', 'datasets'],
      ...['worker', 'inference', 'models', 'runtimes', 'runtimes/onnx', 'graph', 'bench', 'search'],
    ),
    ['electron', 'node:*'],
    noWindow,
  ),
  'src-main/bench': room(inMain('graph', 'models', 'inference', 'evidence', 'search', 'runtimes', 'runtimes/onnx'), ['node:*'], noWindowNoNetwork),
  'src-main/cli': room(inMain('host', 'rpc', 'files'), ['commander', 'yaml', 'node:*'], noWindowNoNetwork),
  'src-main/host': room(inMain('rpc', 'services', 'jobs', 'store', 'files', 'datasets', 'runtimes'), ['node:*'], noWindow),
  'src-main/rpc': room(inMain('host', 'services', 'files'), ['zod', 'node:*'], noWindow),
  'src-main/rpc/electron-ipc': room(inMain('host', 'rpc'), ['electron', 'zod', 'node:*'], noWindow),
  'src-main/rpc/electron-bridge': room(inMain('rpc', 'rpc/electron-ipc'), ['electron'], noWindow),
  'src-main/reports': room(['src-shared'], ['echarts', 'fflate', 'temml', 'hyparquet-writer'], everythingOutside),
  'src-main/services': room(inMain('jobs', 'store', 'files', 'datasets', 'search', 'reports'), ['zod', 'yaml', 'node:*'], noWindowNoNetwork),
  'src-main/jobs': room(inMain('store', 'files'), ['harfbuzzjs', 'sharp', 'node:*'], noWindowNoNetwork),
  'src-main/store': room(['src-shared'], ['better-sqlite3', 'zod', 'node:path'], ['setTimeout', 'setInterval', ...noWindowNoNetwork]),
  'src-main/files': room(['src-shared'], ['zod', 'node:*'], noWindowNoNetwork),
  'src-main/datasets': room(
    inMain('files'),
    ['csv-parse', 'hyparquet', 'hyparquet-compressors', 'apache-arrow', 'h5wasm', 'read-excel-file', 'sharp', 'node:*'],
    ['Date', 'performance', ...noWindowNoNetwork],
  ),

  'src-main/graph': room(['src-shared'], [], everythingOutside),
  'src-main/models': room(inMain('graph'), [], everythingOutside),
  'src-main/inference': room(inMain('graph', 'models'), [], everythingOutside),
  'src-main/evidence': room(inMain('graph', 'models', 'inference'), [], everythingOutside),
  'src-main/latents': room(inMain('graph', 'models', 'inference'), ['umap-js'], everythingOutside),
  'src-main/search': room(['src-shared'], [], everythingOutside),
  'src-main/runtimes': room(inMain('graph'), ['node:*'], ['Date', ...noWindowNoNetwork]),
  'src-main/runtimes/open': room(inMain('graph', 'runtimes', 'runtimes/onnx', 'runtimes/tensorflow'), ['node:*'], ['Date', ...noWindowNoNetwork]),
  'src-main/runtimes/onnx': room(inMain('graph', 'runtimes'), ['onnxruntime-node', 'node:*'], ['Date', ...noWindowNoNetwork]),
  'src-main/runtimes/tensorflow': room(
    inMain('graph', 'runtimes'),
    ['@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu', 'node:*'],
    ['Date', ...noWindowNoNetwork],
  ),
  'src-main/worker': room(
    inMain(
      ...['graph', 'models', 'inference', 'evidence', 'latents', 'runtimes', 'runtimes/open', 'runtimes/onnx', 'runtimes/tensorflow', 'datasets', 'files'],
    ),
    ['node:*'],
    noWindowNoNetwork,
  ),
}

const names = Object.keys(rooms).sort((a, b) => b.length - a.length)
const withoutEnding = (path) => path.replace(/\.(vue|[cm]?[jt]s)$/, '')

/** The room a path (from the top of the repository, with slashes) lies in, or undefined. */
export function roomOf(path) {
  const plain = withoutEnding(path)
  return names.find((room) => plain === room || plain.startsWith(`${room}/`))
}

/** Where an import leads: a path from the top of the repository, or null for a package. */
function pathOf(specifier, importer) {
  if (specifier.startsWith('@shared/')) return `src-shared/${specifier.slice('@shared/'.length)}`
  if (!specifier.startsWith('.')) return null
  const parts = importer.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const mayUsePackage = (packages, specifier) =>
  specifier.startsWith('node:') ? packages.includes('node:*') || packages.includes(specifier) : packages.includes(packageOf(specifier))

/** Says what is wrong with an import, or undefined. */
export function problemOfImport(importer, specifier) {
  const name = roomOf(importer)
  if (!name) return undefined
  const { rooms: open, packages } = rooms[name]
  const target = pathOf(specifier, importer)
  const allowed = `${name} may import ${[...open, ...packages].join(', ') || 'nothing but itself'}.`
  if (target === null)
    return mayUsePackage(packages, specifier) ? undefined : `${name} does not import the package ${specifier}: ${allowed}`
  const targetRoom = roomOf(target)
  if (targetRoom === name || open.includes(targetRoom)) return undefined
  return `${name} does not import ${targetRoom ?? target}: ${allowed}`
}

/** Also what only tests use: suites that several test files run, and stand-ins. */
const isTest = (path) => /(\.test|-suite|\/fixture-[\w-]+)\.[cm]?[jt]s$/.test(path)

const rule = {
  meta: { type: 'problem', docs: { description: 'keep the rooms apart' }, schema: [], messages: { wall: '{{problem}}' } },
  create(context) {
    const importer = context.filename.slice(context.cwd.length + 1).replaceAll('\\', '/')
    const name = roomOf(importer)
    if (!name || isTest(importer)) return {}
    const report = (node, problem) => problem && context.report({ node, messageId: 'wall', data: { problem } })
    const source = (node) => {
      if (node?.type === 'Literal' && typeof node.value === 'string') report(node, problemOfImport(importer, node.value))
    }
    const never = new Set(rooms[name].never)
    return {
      ImportDeclaration: (node) => source(node.source),
      ExportNamedDeclaration: (node) => source(node.source),
      ExportAllDeclaration: (node) => source(node.source),
      ImportExpression: (node) => source(node.source),
      TSImportType: (node) => source(node.source ?? node.argument?.literal),
      'Program:exit'(program) {
        for (const reference of globalReferences(context.sourceCode.getScope(program))) {
          const { identifier } = reference
          const member = memberOf(identifier)
          const touched = [identifier.name, member].find((touching) => never.has(touching))
          if (touched) report(identifier, `${name} never touches ${touched}: give it in from outside (a parameter, a port, a seed).`)
        }
      },
    }
  },
}

/** What the program refers to and does not declare itself; types don't count. */
function globalReferences(scope) {
  const globalScope = scope.type === 'global' ? scope : scope.upper
  const declaredNowhere = globalScope.variables.filter((variable) => variable.defs.length === 0).flatMap((variable) => variable.references)
  return [...globalScope.through, ...declaredNowhere].filter((reference) => reference.isValueReference !== false)
}

function memberOf(identifier) {
  const { parent } = identifier
  if (parent?.type !== 'MemberExpression' || parent.object !== identifier) return undefined
  const property = parent.computed ? parent.property.value : parent.property.name
  return `${identifier.name}.${property}`
}

export const importWalls = { meta: { name: 'walls' }, rules: { 'import-walls': rule } }
