# The R side of `npm run bench`: mclust's EM on the same work as peer.py, one JSON line in, one out. The requests are flat, so that they are
# read without a package.

value <- function(line, name) sub(sprintf('.*"%s":"?([^",}]*).*', name), "\\1", line)
number <- function(line, name) as.numeric(value(line, name))
prepared <- list(key = "", run = NULL)
# mclust finds its own functions by name, so it must be attached.
suppressPackageStartupMessages(library(mclust))

# `me` begins with an M-step, so a call with itmax = n is n whole iterations. Copies in and out are part of every call; 3 share them.
mixture <- function(rows, columns, components) {
  set.seed(1)
  centres <- matrix(4 * rnorm(components * columns), components)
  which <- sample(components, rows, replace = TRUE)
  data <- centres[which, ] + matrix(rnorm(rows * columns), rows)
  start <- unmap(which, seq_len(components))
  control <- emControl(eps = 0, tol = c(0, 0), itmax = 3)
  function() suppressWarnings(me(data, modelName = "VVV", z = start, control = control))
}

input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  if (value(line, "case") == "versions") {
    cat(sprintf('{"mclust":"%s"}\n', packageVersion("mclust")))
  } else {
    key <- sub('"repeats":[0-9]+', "", line)
    if (prepared$key != key) {
      prepared <- list(key = key, run = mixture(number(line, "rows"), number(line, "columns"), number(line, "components")))
      prepared$run()
    }
    ms <- vapply(seq_len(number(line, "repeats")), function(repetition) 1000 * system.time(prepared$run())[["elapsed"]] / 3, 0)
    cat(sprintf('{"ms":[%s]}', paste(ms, collapse = ",")), "\n", sep = "")
  }
  flush(stdout())
}
