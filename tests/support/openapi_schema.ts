/** The part of an OpenAPI schema that tests read. */

/** A node of the schema in a CustomResourceDefinition. */
export interface OpenApiSchema {
  type?: string;
  nullable?: boolean;
  format?: string;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  enum?: string[];
  required?: string[];
  description?: string;
  properties?: Record<string, OpenApiSchema>;
  items?: OpenApiSchema;
  [extension: `x-${string}`]: unknown;
}
