import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels, type LatentBridge } from '@shared/rpc/bridge'
import { createBridge } from '../rpc/electron-bridge'

const bridge: LatentBridge = {
  ...createBridge(ipcRenderer),
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  chooseFile: (kind) => ipcRenderer.invoke(channels.chooseFile, kind) as Promise<string | null>,
}

contextBridge.exposeInMainWorld('latent', bridge)
