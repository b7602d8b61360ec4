import { type FileBelow, filesBelow } from './files-below'

export type PictureFile = FileBelow

export const findPictures = (folder: string): PictureFile[] => filesBelow(folder, /\.(png|jpe?g|tiff?|bmp|webp)$/i)
