export { listAdapters, openGpu, userTuningStore } from '#platform';
export {
  type AdapterDescription,
  AdapterError,
  type AdapterReport,
  type AdapterSurvey,
  chooseAdapter,
  type OpenedGpu,
  type OpenOptions,
} from './adapter.ts';
