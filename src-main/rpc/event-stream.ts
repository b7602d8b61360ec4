export interface EventFrame {
  id: string | null
  event: string
  data: string
}

/** Reads server-sent events out of text that comes in pieces of any size. */
export function createEventParser(onFrame: (frame: EventFrame) => void): { push(text: string): void; reset(): void } {
  let pieces: string[] = []
  let endsInNewline = false
  return {
    reset: () => {
      pieces = []
      endsInNewline = false
    },
    push: (text) => {
      if (text === '') return
      const mayEndFrame = text.includes('\n\n') || (endsInNewline && text.startsWith('\n'))
      endsInNewline = text.endsWith('\n')
      pieces.push(text)
      if (!mayEndFrame) return
      const blocks = pieces.join('').split('\n\n')
      pieces = [blocks.pop() as string]
      for (const block of blocks) {
        const frame = parse(block)
        if (frame) onFrame(frame)
      }
    },
  }
}

function parse(block: string): EventFrame | null {
  const frame: EventFrame = { id: null, event: 'message', data: '' }
  let hasData = false
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = line.slice(0, colon)
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (field === 'id') frame.id = value
    else if (field === 'event') frame.event = value
    else if (field === 'data') {
      frame.data = value
      hasData = true
    }
  }
  return hasData ? frame : null
}
