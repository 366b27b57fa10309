export interface Service {
  name: string;
  folder: string;
  prefix: string;
  port: number;
  live_port?: number;
}
export function services(): Service[];
