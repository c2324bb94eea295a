/** Told by whatever takes long: what it does now and how far it is. `of` is 0 where the end is not known yet. */
export type ReportProgress = (step: string, done: number, of: number) => void;
