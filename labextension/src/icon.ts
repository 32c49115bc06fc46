import { LabIcon } from '@jupyterlab/ui-components';

import registry from '../style/icons/registry.svg';

export const registryIcon = new LabIcon({ name: 'jupyter-mlc:registry', svgstr: registry });
