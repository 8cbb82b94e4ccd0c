/** The worker of the product, in trouble. */
import './trouble.ts';
import '../../../workers/inference.ts';
