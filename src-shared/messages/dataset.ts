import type { Message } from './message'

export const datasetMessages = {
  'dataset/too-many-files': {
    en: '{path} holds more than {most} files of this kind, more than one dataset takes. Choose a folder below it.',
    zh: '{path} 含有超过 {most} 个此类文件，超出一个数据集的上限。请选择其中的子文件夹。',
  },
  'dataset/part-names': {
    en: '{path}: column {column} is to say of each row train or test, but holds other things: {names}. Correct it, or split by fractions.',
    zh: '{path}：列 {column} 应逐行注明 train 或 test，却含有其他内容：{names}。请修正，或按比例划分。',
  },
  'dataset/parts-differ': {
    en: '{train} and {test} have different columns (only in the first: {onlyTrain}; only in the second: {onlyTest}). Both parts need the same columns in the same order.',
    zh: '{train} 与 {test} 的列不同（仅前者有：{onlyTrain}；仅后者有：{onlyTest}）。两部分必须有相同且顺序一致的列。',
  },
  'dataset/no-documents': {
    en: '{path} holds no document. Expected are text files (.txt, .md) in a folder or its subfolders, or a file with a document on every line.',
    zh: '{path} 中没有文档。应为文件夹及其子文件夹中的文本文件（.txt、.md），或每行一篇文档的文件。',
  },
  'dataset/no-terms': {
    en: 'No word of {path} stands in {least} documents or more. Ask for fewer documents of a word, or add documents.',
    zh: '{path} 中没有任何词出现在 {least} 篇以上的文档中。请降低词的最少篇数，或增加文档。',
  },
  'dataset/too-many-terms': {
    en: '{path} has {terms} words that stand in {least} documents or more; a table takes at most {most}. Ask for more documents of each word, or leave words out.',
    zh: '{path} 中有 {terms} 个词出现在 {least} 篇以上的文档中，而表格最多容纳 {most} 个。请提高词的最少篇数，或忽略一些词。',
  },
  'dataset/document-too-long': {
    en: '{path} is longer than {megabytes} MB, too long for one document. Cut it into several, or import it as text with a document on every line.',
    zh: '{path} 超过 {megabytes} MB，不能作为一篇文档。请将其拆分，或以每行一篇文档的文本格式导入。',
  },
  'dataset/no-labels-table': {
    en: 'There is no table called {labels} beside the pictures of {path}. There are: {tables}.',
    zh: '{path} 的图片旁没有名为 {labels} 的表格。已有的表格：{tables}。',
  },
  'dataset/labels-name-no-picture': {
    en: 'No row of {path} names a picture of {folder}. One column must hold the names of the files.',
    zh: '{path} 中没有任何一行对应 {folder} 中的图片。其中一列应为文件名。',
  },
  'dataset/no-truth': {
    en: 'Nothing is known of how {name} came about; only generated data have a truth.',
    zh: '{name} 没有已知真值；只有生成的数据才有。',
  },
  'dataset/name-taken': {
    en: 'There is a dataset called {name} already. Choose another name.',
    zh: '已有名为 {name} 的数据集。请使用其他名称。',
  },
  'dataset/disk-too-small': {
    en: 'The data need {needed} MB on the disk, and {available} MB are free at {folder}. Make room, or choose another data folder; nothing was stored.',
    zh: '这些数据需要 {needed} MB 磁盘空间，而 {folder} 处只剩 {available} MB。请腾出空间或选择其他数据文件夹；尚未保存任何内容。',
  },
  'dataset/generated-too-large': {
    en: 'These data would have {numbers} numbers; at most {most} can be generated at once. Choose fewer rows or columns.',
    zh: '这些数据将含有 {numbers} 个数，一次最多可生成 {most} 个。请减少行数或列数。',
  },
  'dataset/import-crashed': {
    en: 'The process that imported {path} ended ({reason}); nothing was stored. Try again; if it happens again, the data may be too large for the memory of this machine.',
    zh: '导入 {path} 的进程已终止（{reason}），未保存任何内容。请重试；若再次发生，可能是数据超出了本机内存。',
  },
  'dataset/file-missing': {
    en: 'There is no file or folder at {path}. Check the path.',
    zh: '{path} 处没有文件或文件夹。请检查路径。',
  },
  'dataset/file-empty': { en: '{path} is empty (0 bytes). Choose a file that holds data.', zh: '{path} 是空文件（0 字节）。请选择含有数据的文件。' },
  'dataset/not-found': {
    en: 'There is no dataset called {name}. `data list` shows those there are.',
    zh: '没有名为 {name} 的数据集。可在“数据”中查看已有的数据集。',
  },
  'dataset/not-a-file': {
    en: '{path} is a folder, where a file is needed. Choose a CSV, TSV or IDX file in it.',
    zh: '{path} 是文件夹，此处需要文件。请选择其中的 CSV、TSV 或 IDX 文件。',
  },
  'dataset/file-unreadable': {
    en: 'You are not allowed to read {path}. Change its permissions or copy it to a place of your own.',
    zh: '没有读取 {path} 的权限。请修改其权限，或将其复制到自己的文件夹中。',
  },
  'dataset/gzip-truncated': {
    en: '{path} is cut off: its gzip data end too early. Download or copy it again.',
    zh: '{path} 不完整：gzip 数据提前结束。请重新下载或复制该文件。',
  },
  'dataset/gzip-damaged': {
    en: '{path} is damaged: its gzip data cannot be decompressed. Download or copy it again.',
    zh: '{path} 已损坏：无法解压其 gzip 数据。请重新下载或复制该文件。',
  },
  'dataset/no-text': {
    en: '{path} holds nothing but blank lines. Choose a file that holds data.',
    zh: '{path} 中只有空行。请选择含有数据的文件。',
  },
  'dataset/not-text': {
    en: '{path} is neither a text table nor an IDX file (it holds binary data). Convert it to CSV first.',
    zh: '{path} 既不是文本表格也不是 IDX 文件（其内容为二进制数据）。请先将其转换为 CSV。',
  },
  'dataset/encoding-unknown': {
    en: 'The text of {path} is neither UTF-8, UTF-16 nor GB18030. Save it as UTF-8.',
    zh: '{path} 的文本编码不是 UTF-8、UTF-16 或 GB18030。请将其另存为 UTF-8。',
  },
  'dataset/encoding-broken': {
    en: '{path} begins as {encoding} but holds bytes that are not. Save it as UTF-8.',
    zh: '{path} 开头是 {encoding} 编码，但含有不符合该编码的字节。请将其另存为 UTF-8。',
  },
  'dataset/quote-not-closed': {
    en: '{path}: the quotation mark opened in the row that begins on line {line} is never closed. Add the missing " or remove the one too many.',
    zh: '{path}：从第 {line} 行开始的记录中有未闭合的引号。请补上缺少的 " 或删除多余的 "。',
  },
  'dataset/record-too-long': {
    en: '{path}: the row that begins on line {line} is longer than {megabytes} MB. It may not be a table, or a quotation mark is not closed.',
    zh: '{path}：从第 {line} 行开始的记录超过 {megabytes} MB。该文件可能不是表格，或有未闭合的引号。',
  },
  'dataset/ragged-row': {
    en: '{path}, line {line}: expected {expected} cells as in the first row, got {got}. Correct that line, or choose another delimiter.',
    zh: '{path} 第 {line} 行：应与首行一样有 {expected} 个单元格，实际有 {got} 个。请修正该行或选择其他分隔符。',
  },
  'dataset/duplicate-column': {
    en: '{path}: the column name {column} occurs more than once (columns {places}). Give every column a name of its own.',
    zh: '{path}：列名 {column} 出现多次（第 {places} 列）。请为每一列取不同的名称。',
  },
  'dataset/no-such-column': {
    en: '{path} has no column called {column}. Its columns are: {columns}.',
    zh: '{path} 中没有名为 {column} 的列。已有的列：{columns}。',
  },
  'dataset/label-ignored': {
    en: 'Column {column} is named both as label and as a column to ignore. Choose one of the two.',
    zh: '列 {column} 同时被指定为标签列和忽略列。请只选择其中一种。',
  },
  'dataset/header-only': {
    en: '{path} has a header but no rows under it. Choose a file that holds data.',
    zh: '{path} 只有表头，没有数据行。请选择含有数据的文件。',
  },
  'dataset/text-in-number-column': {
    en: '{path}, line {line}, column {column}: "{text}" is not a number. Correct the cell, empty it (a missing value), or ignore the column (`--ignore {column}`).',
    zh: '{path} 第 {line} 行，列 {column}：“{text}”不是数字。请修正或清空该单元格（视为缺失值），或忽略该列（--ignore {column}）。',
  },
  'dataset/infinite-number': {
    en: '{path}, line {line}, column {column}: "{text}" is infinite. Correct the cell, empty it (a missing value), or ignore the column (`--ignore {column}`).',
    zh: '{path} 第 {line} 行，列 {column}：“{text}”是无穷大。请修正或清空该单元格（视为缺失值），或忽略该列（--ignore {column}）。',
  },
  'dataset/missing-values': {
    en: '{path}: values are missing in these columns: {columns}, first on line {line}. Choose what to do with such rows: keep them (`--missing keep`) or drop them (`--missing drop`).',
    zh: '{path}：以下列有缺失值：{columns}，首次出现在第 {line} 行。请选择如何处理这些行：保留（--missing keep）或删除（--missing drop）。',
  },
  'dataset/all-rows-dropped': {
    en: '{path}: each of the {rows} rows has a missing value, so dropping them leaves none. Keep them (`--missing keep`) or ignore the columns that are mostly empty.',
    zh: '{path}：全部 {rows} 行都有缺失值，删除后没有剩余数据。请保留它们（--missing keep），或忽略大部分为空的列。',
  },
  'dataset/no-number-column': {
    en: '{path} has no column of numbers to use as a feature (columns: {columns}). Check the delimiter and which columns are ignored.',
    zh: '{path} 中没有可用作特征的数值列（列：{columns}）。请检查分隔符以及忽略了哪些列。',
  },
  'dataset/too-many-classes': {
    en: '{path}: column {column} has more than {most} different values, too many for classes. Choose another label column.',
    zh: '{path}：列 {column} 有超过 {most} 个不同的值，不能作为类别。请选择其他标签列。',
  },
  'dataset/idx-bad-magic': {
    en: '{path} does not begin as an IDX file does (its first bytes are {found}). Choose the file that ends in idx3-ubyte, or import it as CSV.',
    zh: '{path} 的开头不是 IDX 文件格式（首字节为 {found}）。请选择以 idx3-ubyte 结尾的文件，或以 CSV 格式导入。',
  },
  'dataset/idx-type': {
    en: '{path} holds values of IDX type {found}, but only unsigned bytes (0x08) can be read. Convert it to unsigned bytes.',
    zh: '{path} 中的数据为 IDX 类型 {found}，目前只能读取无符号字节（0x08）。请将其转换为无符号字节。',
  },
  'dataset/idx-not-images': {
    en: '{path} has {dimensions} dimensions, where images need 3 (or 4 with 1 or 3 channels). Choose the images file; the labels file beside it is found by its name.',
    zh: '{path} 有 {dimensions} 个维度，而图像需要 3 个（或 4 个，含 1 或 3 个通道）。请选择图像文件；同一文件夹中的标签文件会按名称自动找到。',
  },
  'dataset/idx-not-labels': {
    en: '{path} has {dimensions} dimensions, where labels need 1. Put the labels file that belongs to the images beside them.',
    zh: '{path} 有 {dimensions} 个维度，而标签需要 1 个。请将与图像对应的标签文件放在同一文件夹中。',
  },
  'dataset/idx-no-images': {
    en: '{path} declares {shape}: there is no image in it. Choose a file that holds data.',
    zh: '{path} 声明的大小为 {shape}：其中没有图像。请选择含有数据的文件。',
  },
  'dataset/idx-size': {
    en: '{path} declares {shape}, which is {expected} bytes of data, but holds {got}. It may be cut off: download or copy it again.',
    zh: '{path} 声明的大小为 {shape}，即 {expected} 字节数据，实际为 {got} 字节。文件可能不完整，请重新下载或复制。',
  },
  'dataset/idx-too-large': {
    en: '{path} declares {shape}, which is {expected} bytes: more than a file of {got} bytes can hold. It is damaged: download or copy it again.',
    zh: '{path} 声明的大小为 {shape}，即 {expected} 字节，超过了 {got} 字节的文件所能容纳的数据。文件已损坏，请重新下载或复制。',
  },
  'dataset/idx-counts-differ': {
    en: '{path} holds {images} images, but {labelsPath} holds {labels} labels. Put the labels that belong to these images beside them.',
    zh: '{path} 含有 {images} 张图像，而 {labelsPath} 含有 {labels} 个标签。请将与这些图像对应的标签文件放在同一文件夹中。',
  },
  'dataset/idx-parts-differ': {
    en: 'The training images are {train}, but the test images in {path} are {test}. Both need the same size.',
    zh: '训练图像的大小为 {train}，而 {path} 中测试图像的大小为 {test}。两者必须相同。',
  },
  'dataset/idx-labels-only-one-part': {
    en: '{path} has labels for one part only. Add the file {wanted}, or remove the other labels file.',
    zh: '{path} 中只有一个部分有标签。请补充文件 {wanted}，或移除另一个标签文件。',
  },
  'dataset/folder-without-images': {
    en: 'The folder {path} holds no images. Expected are pictures (PNG, JPEG, TIFF, BMP, WebP), in it or in one subfolder per class, or files such as train-images-idx3-ubyte, plain or .gz.',
    zh: '文件夹 {path} 中没有图像。应包含图片（PNG、JPEG、TIFF、BMP、WebP，可按类别分子文件夹），或 train-images-idx3-ubyte 之类的文件（可为 .gz 压缩）。',
  },
  'dataset/option-not-for-images': {
    en: '{option} is for tables only, but {path} holds images. Leave it out.',
    zh: '{option} 仅适用于表格，而 {path} 是图像数据。请去掉该选项。',
  },
  'dataset/choose-member': {
    en: '{path} holds several things: {members}. Say which one is meant (`--member NAME`).',
    zh: '{path} 含有多项内容：{members}。请指定其中一项（--member 名称）。',
  },
  'dataset/no-such-member': {
    en: '{path} holds nothing called {member} that can be imported. It holds: {members}.',
    zh: '{path} 中没有名为 {member} 的可导入内容。其中有：{members}。',
  },
  'dataset/no-members': {
    en: '{path} holds no array or table that can be imported. Choose another file.',
    zh: '{path} 中没有可导入的数组或表格。请选择其他文件。',
  },
  'dataset/labels-do-not-fit': {
    en: '{path}: {labels} has {got} values, but there are {rows} rows. Choose labels with one value per row (`--labels NAME`).',
    zh: '{path}：{labels} 有 {got} 个值，而数据有 {rows} 行。请选择每行一个值的标签（--labels 名称）。',
  },
  'dataset/array-dimensions': {
    en: '{path} holds an array of {shape}. A table needs 1 or 2 dimensions, images need 3, or 4 with 1 or 3 channels. Reshape it first.',
    zh: '{path} 中的数组大小为 {shape}。表格需要 1 或 2 维，图像需要 3 维，或 4 维（1 或 3 个通道）。请先调整其形状。',
  },
  'dataset/array-not-pixels': {
    en: '{path} holds images of {shape} with the value {value}. Pixels are whole numbers from 0 to 255: scale and round them first, or flatten each image to a row of a table.',
    zh: '{path} 中的图像（{shape}）含有值 {value}。像素应为 0 到 255 的整数：请先缩放并取整，或将每幅图像展平为表格的一行。',
  },
  'dataset/array-empty': {
    en: '{path} holds an array of {shape}: there is no value in it. Choose one that holds data.',
    zh: '{path} 中的数组大小为 {shape}：其中没有数据。请选择含有数据的数组。',
  },
  'dataset/array-type': {
    en: '{path} holds values of the type {type}. Only real numbers and texts can be read: save it as such first.',
    zh: '{path} 中的值为 {type} 类型。只能读取实数和文本：请先转换后再保存。',
  },
  'dataset/array-size': {
    en: '{path} declares {shape}, which is {expected} bytes, but {got} are there. It is damaged or cut off: download or copy it again.',
    zh: '{path} 声明的大小为 {shape}，即 {expected} 字节，实际有 {got} 字节。文件已损坏或不完整，请重新下载或复制。',
  },
  'dataset/too-large-for-memory': {
    en: '{path} would take {bytes} bytes of memory at once, more than can be given to an import. Save it in smaller parts, or as CSV.',
    zh: '{path} 需要一次占用 {bytes} 字节内存，超出导入所能使用的范围。请分成较小的文件或保存为 CSV。',
  },
  'dataset/file-cut-off': {
    en: '{path} is cut off: {needs} bytes are needed, {got} are there. Download or copy it again.',
    zh: '{path} 不完整：需要 {needs} 字节，实际只有 {got} 字节。请重新下载或复制。',
  },
  'dataset/file-damaged': {
    en: '{path} cannot be read as {format}: {what}. It is damaged or of another format: download or save it again.',
    zh: '{path} 无法按 {format} 格式读取：{what}。文件已损坏或为其他格式，请重新下载或保存。',
  },
  'dataset/file-changed': {
    en: '{path} changed while it was read. Import it again when nothing writes to it.',
    zh: '{path} 在读取过程中发生了变化。请在没有程序写入时重新导入。',
  },
  'dataset/unpacked-too-large': {
    en: '{path}: {member} says that it unpacks to {bytes} bytes, more than its packed bytes can hold or memory allows. It is not unpacked.',
    zh: '{path}：{member} 声称解压后为 {bytes} 字节，超出压缩数据或内存所能容纳的范围，因此未解压。',
  },
  'dataset/not-json': {
    en: '{path}, line {line}: "{text}" is no JSON object or array. Each line must be one.',
    zh: '{path} 第 {line} 行：“{text}”不是 JSON 对象或数组。每一行都应是一个。',
  },
  'dataset/late-key': {
    en: '{path}, line {line}: the key {key} does not occur in the first {rows} records, which name the columns. Add it to one of them (null will do), or remove it.',
    zh: '{path} 第 {line} 行：键 {key} 未出现在前 {rows} 条记录中，而列名由这些记录确定。请在其中一条中补上该键（可为 null），或将其删除。',
  },
  'dataset/arff-header': {
    en: '{path}, line {line}: the ARFF header cannot be read at "{text}". It needs @attribute lines and then @data.',
    zh: '{path} 第 {line} 行：无法读取 ARFF 文件头中的“{text}”。文件头应包含 @attribute 行，随后是 @data。',
  },
  'dataset/no-readable-picture': {
    en: 'None of the {count} pictures that were tried in {path} can be read: {why}. Choose another folder.',
    zh: '{path} 中尝试的 {count} 幅图像都无法读取：{why}。请选择其他文件夹。',
  },
  'dataset/picture-size': {
    en: '{path} is {got} pixels, where the first picture has {wanted}. Bring all to one size with `--side N`.',
    zh: '{path} 为 {got} 像素，而第一幅图像为 {wanted}。请用 --side N 将所有图像调整为同一大小。',
  },
  'dataset/import-cancelled': {
    en: 'The import of {path} was cancelled. Nothing of it was kept.',
    zh: '已取消导入 {path}，未保留任何内容。',
  },
  'dataset/unpack-first': {
    en: '{path} is a {format} file inside gzip. Unpack it first (gunzip).',
    zh: '{path} 是 gzip 压缩的 {format} 文件。请先解压（gunzip）。',
  },
  'dataset/option-not-for-format': {
    en: '{option} is not for {format} files ({path}). Leave it out.',
    zh: '{option} 不适用于 {format} 文件（{path}）。请去掉该选项。',
  },
  'dataset/in-use': {
    en: '{name} cannot be removed while runs use it: {runs} ({count} in all). Remove those runs first.',
    zh: '无法删除 {name}：有运行正在使用它（{runs}，共 {count} 个）。请先删除这些运行。',
  },
  'dataset/not-bundled': {
    en: 'There is no bundled dataset called {name}. There are: {names}.',
    zh: '没有名为 {name} 的内置数据集。可用的有：{names}。',
  },
  'dataset/arrays-missing': {
    en: 'The stored values of {name} are gone: there is no file {path}. Remove the dataset and import it again.',
    zh: '{name} 的存储数据丢失：文件 {path} 不存在。请删除该数据集并重新导入。',
  },
  'dataset/arrays-damaged': {
    en: 'The stored values of {name} are damaged: {path} has {got} bytes, where {expected} are needed. Remove the dataset and import it again.',
    zh: '{name} 的存储数据已损坏：{path} 有 {got} 字节，而需要 {expected} 字节。请删除该数据集并重新导入。',
  },
} as const satisfies Record<string, Message>
