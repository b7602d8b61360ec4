import { parentPort } from 'node:worker_threads'
import { serveLane } from '../runtimes/onnx/lane'

/** A thread of a worker process that computes a share of the rows. */
serveLane(parentPort!)
