import { ElMessage, ElMessageBox } from 'element-plus'

/** Asks before something that cannot be undone; true when it was agreed to. */
export async function confirmed(question: { title: string; text: string; yes: string; no: string }): Promise<boolean> {
  try {
    await ElMessageBox.confirm(question.text, question.title, {
      confirmButtonText: question.yes,
      cancelButtonText: question.no,
      showClose: false,
      closeOnHashChange: true,
    })
    return true
  } catch {
    return false
  }
}

export const tell = (message: string, type: 'success' | 'error' = 'success'): void => void ElMessage({ message, type, grouping: true, plain: true })
