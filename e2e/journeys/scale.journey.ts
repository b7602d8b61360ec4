/** The smaller form of `npm run bench:scale`. */
import '../scale'
