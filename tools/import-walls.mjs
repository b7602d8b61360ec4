/*
 * The rooms of the house and the walls between them: one table and one lint rule that reads it. Its picture is docs/architecture.md.
 *
 * A room is a folder (or a file); the longest match wins. `rooms`: whom it may import besides itself. `packages`: what else, where
 * `node:*` is all of Node. `never`: names of globals it doesn't touch, `Date.now` style for a member. `clocks` and `browser` below
 * are such lists by name.
 */
const clocks = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'Math.random', 'crypto']
const network = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource']
const browser = ['window', 'document', 'localStorage', 'sessionStorage', 'indexedDB', 'navigator', 'location']
const node = ['process', 'Buffer', 'global', 'require', '__dirname', '__filename']
const main = ['src-main/datasets', 'src-main/files', 'src-main/jobs', 'src-main/rpc', 'src-main/services', 'src-main/store']
const engine = ['src-main/graph', 'src-main/models', 'src-main/inference', 'src-main/runtimes', 'src-main/worker']
const renderer = ['api', 'stores', 'views', 'components', 'charts', 'composables', 'i18n', 'theme', 'test-ids'].map((name) => `src-renderer/${name}`)
const vueParts = ['vue', 'vue-i18n', 'element-plus', '@element-plus/icons-vue']

export const rooms = {
  'src-shared': { rooms: [], packages: ['zod'], never: [...clocks, ...network, ...browser, ...node] },

  'src-renderer': { rooms: ['src-shared', ...renderer], packages: [...vueParts, 'vue-router', 'pinia'], never: [...network, ...node] },
  'src-renderer/api': { rooms: ['src-shared'], packages: [], never: ['document', 'localStorage', 'sessionStorage', 'indexedDB', 'WebSocket', ...node] },
  'src-renderer/stores': { rooms: ['src-shared', 'src-renderer/api'], packages: ['vue', 'pinia'], never: ['document', ...network, ...node] },
  'src-renderer/charts': { rooms: ['src-shared', 'src-renderer/components', 'src-renderer/composables', 'src-renderer/i18n', 'src-renderer/theme', 'src-renderer/test-ids'], packages: [...vueParts, 'echarts'], never: [...network, ...node] },
  'src-renderer/components': { rooms: ['src-shared', 'src-renderer/charts', 'src-renderer/composables', 'src-renderer/i18n', 'src-renderer/theme', 'src-renderer/test-ids'], packages: vueParts, never: [...network, ...node] },
  'src-renderer/composables': { rooms: ['src-shared', 'src-renderer/i18n', 'src-renderer/theme'], packages: vueParts, never: [...network, ...node] },
  'src-renderer/i18n': { rooms: ['src-shared'], packages: ['vue', 'vue-i18n', 'element-plus'], never: [...network, ...node] },
  'src-renderer/theme': { rooms: ['src-shared'], packages: ['vue'], never: [...network, ...node] },
  'src-renderer/test-ids': { rooms: [], packages: [], never: [...network, ...browser, ...node] },
  'src-renderer/views': { rooms: ['src-shared', ...renderer.filter((room) => room !== 'src-renderer/api')], packages: [...vueParts, 'vue-router'], never: [...network, ...node] },

  'src-main/entries': { rooms: ['src-shared', 'src-main/host', 'src-main/cli', ...main, ...engine], packages: ['electron', 'commander', 'node:*'], never: ['Math.random', ...browser] },
  'src-main/cli': { rooms: ['src-shared', 'src-main/host', 'src-main/rpc'], packages: ['commander', 'yaml', 'node:*'], never: ['Math.random', ...browser] },
  'src-main/host': { rooms: ['src-shared', ...main], packages: ['node:*'], never: ['Math.random', ...browser] },
  'src-main/rpc': { rooms: ['src-shared', 'src-main/host', 'src-main/services'], packages: ['zod', 'node:*'], never: ['Math.random', ...browser] },
  'src-main/rpc/electron-ipc': { rooms: ['src-shared', 'src-main/host', 'src-main/rpc'], packages: ['electron', 'zod', 'node:*'], never: ['Math.random', ...browser] },
  'src-main/services': { rooms: ['src-shared', 'src-main/jobs', 'src-main/store', 'src-main/files', 'src-main/datasets'], packages: ['zod', 'node:*'], never: ['Math.random', ...network, ...browser] },
  'src-main/jobs': { rooms: ['src-shared', 'src-main/store', 'src-main/files'], packages: ['node:*'], never: ['Math.random', ...network, ...browser] },
  'src-main/store': { rooms: ['src-shared'], packages: ['better-sqlite3', 'zod', 'node:path'], never: ['setTimeout', 'setInterval', 'Math.random', ...network, ...browser] },
  'src-main/files': { rooms: ['src-shared'], packages: ['zod', 'node:*'], never: ['Math.random', ...network, ...browser] },
  'src-main/datasets': { rooms: ['src-shared', 'src-main/files'], packages: ['csv-parse', 'node:*'], never: ['Date', 'performance', 'Math.random', ...network, ...browser] },

  'src-main/graph': { rooms: ['src-shared'], packages: [], never: [...clocks, ...network, ...browser, ...node] },
  'src-main/models': { rooms: ['src-shared', 'src-main/graph'], packages: [], never: [...clocks, ...network, ...browser, ...node] },
  'src-main/inference': { rooms: ['src-shared', 'src-main/graph', 'src-main/models'], packages: [], never: [...clocks, ...network, ...browser, ...node] },
  'src-main/runtimes': { rooms: ['src-shared', 'src-main/graph'], packages: ['node:*'], never: ['Date', 'Math.random', ...network, ...browser] },
  'src-main/runtimes/onnx': { rooms: ['src-shared', 'src-main/graph', 'src-main/runtimes'], packages: ['onnxruntime-node', 'node:*'], never: ['Date', 'Math.random', ...network, ...browser] },
  'src-main/runtimes/tensorflow': { rooms: ['src-shared', 'src-main/graph', 'src-main/runtimes'], packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu', 'node:*'], never: ['Date', 'Math.random', ...network, ...browser] },
  'src-main/worker': { rooms: ['src-shared', 'src-main/graph', 'src-main/models', 'src-main/inference', 'src-main/runtimes', 'src-main/datasets', 'src-main/files'], packages: ['node:*'], never: ['Math.random', ...network, ...browser] },
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

const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
const mayUsePackage = (room, specifier) =>
  specifier.startsWith('node:')
    ? room.packages.includes('node:*') || room.packages.includes(specifier)
    : room.packages.includes(packageOf(specifier))

/** Says what is wrong with an import, or undefined. */
export function problemOfImport(importer, specifier) {
  const name = roomOf(importer)
  if (!name) return undefined
  const room = rooms[name]
  const target = pathOf(specifier, importer)
  const allowed = `${name} may import ${[...room.rooms, ...room.packages].join(', ') || 'nothing but itself'}.`
  if (target === null) return mayUsePackage(room, specifier) ? undefined : `${name} does not import the package ${specifier}: ${allowed}`
  const targetRoom = roomOf(target)
  if (targetRoom === name || room.rooms.includes(targetRoom)) return undefined
  return `${name} does not import ${targetRoom ?? target}: ${allowed}`
}

const isTest = (path) => /\.test\.[cm]?[jt]s$/.test(path)

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
