/** The worker of the product on a GPU that computes something else than it is asked to. */
import './wrong-gpu.ts';
import '../../../workers/inference.ts';
