import { contract } from './contract.ts';
import { makers, readerOf } from './makers.ts';
import { flavours, subjects } from './subject.ts';

for (const [topology, create] of Object.entries(makers)) {
  for (const flavour of flavours)
    contract(`${topology} of ${flavour.name}`, subjects(create, flavour, readerOf));
}
