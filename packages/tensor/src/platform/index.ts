export { listAdapters, openGpu } from '#platform';
export {
  type AdapterDescription,
  AdapterError,
  type AdapterReport,
  type AdapterSurvey,
  chooseAdapter,
  type OpenedGpu,
  type OpenOptions,
} from './adapter.ts';
