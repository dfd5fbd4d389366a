/** Types of the API calls that the operator makes; written by `deno task generate`, never by hand. */
// deno-lint-ignore-file

import type { DeepPartial, JsonPatchOperation } from "../../api/ports.ts";
export interface paths {
    "/api/v1/namespaces/{namespace}/pods": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        get: operations["listCoreV1NamespacedPod"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pods": {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCoreV1PodForAllNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createApiextensionsV1CustomResourceDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        get: operations["readApiextensionsV1CustomResourceDefinition"];
        put?: never;
        post?: never;
        delete: operations["deleteApiextensionsV1CustomResourceDefinition"];
        options?: never;
        head?: never;
        patch: operations["patchApiextensionsV1CustomResourceDefinition"];
        trace?: never;
    };
    "/apis/authentication.k8s.io/v1/selfsubjectreviews": {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createAuthenticationV1SelfSubjectReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createAuthorizationV1SelfSubjectAccessReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createCoordinationV1NamespacedLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        get: operations["readCoordinationV1NamespacedLease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["patchCoordinationV1NamespacedLease"];
        trace?: never;
    };
    "/apis/devops.stochastic.io/v1/devopspolicies": {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listDevopsStochasticIoV1DevOpsPolicyForAllNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        get: operations["listDevopsStochasticIoV1NamespacedDevOpsPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        get: operations["readDevopsStochasticIoV1NamespacedDevOpsPolicy"];
        put?: never;
        post?: never;
        delete: operations["deleteDevopsStochasticIoV1NamespacedDevOpsPolicy"];
        options?: never;
        head?: never;
        patch: operations["patchDevopsStochasticIoV1NamespacedDevOpsPolicy"];
        trace?: never;
    };
    "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}/status": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["patchDevopsStochasticIoV1NamespacedDevOpsPolicyStatus"];
        trace?: never;
    };
    "/apis/events.k8s.io/v1/namespaces/{namespace}/events": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createEventsV1NamespacedEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/apis/events.k8s.io/v1/namespaces/{namespace}/events/{name}": {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["patchEventsV1NamespacedEvent"];
        trace?: never;
    };
    "/version/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCodeVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        "io.k8s.api.authentication.v1.SelfSubjectReview": {
            apiVersion?: string;
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            /** @default {} */
            status?: components["schemas"]["io.k8s.api.authentication.v1.SelfSubjectReviewStatus"];
        };
        "io.k8s.api.authentication.v1.SelfSubjectReviewStatus": {
            /** @default {} */
            userInfo?: components["schemas"]["io.k8s.api.authentication.v1.UserInfo"];
        };
        "io.k8s.api.authentication.v1.UserInfo": {
            extra?: {
                [key: string]: string[];
            };
            groups?: string[];
            uid?: string;
            username?: string;
        };
        "io.k8s.api.authorization.v1.FieldSelectorAttributes": {
            rawSelector?: string;
            requirements?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement"][];
        };
        "io.k8s.api.authorization.v1.LabelSelectorAttributes": {
            rawSelector?: string;
            requirements?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement"][];
        };
        "io.k8s.api.authorization.v1.NonResourceAttributes": {
            path?: string;
            verb?: string;
        };
        "io.k8s.api.authorization.v1.ResourceAttributes": {
            fieldSelector?: components["schemas"]["io.k8s.api.authorization.v1.FieldSelectorAttributes"];
            group?: string;
            labelSelector?: components["schemas"]["io.k8s.api.authorization.v1.LabelSelectorAttributes"];
            name?: string;
            namespace?: string;
            resource?: string;
            subresource?: string;
            verb?: string;
            version?: string;
        };
        "io.k8s.api.authorization.v1.SelfSubjectAccessReview": {
            apiVersion?: string;
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            /** @default {} */
            spec: components["schemas"]["io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec"];
            /** @default {} */
            status?: components["schemas"]["io.k8s.api.authorization.v1.SubjectAccessReviewStatus"];
        };
        "io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec": {
            nonResourceAttributes?: components["schemas"]["io.k8s.api.authorization.v1.NonResourceAttributes"];
            resourceAttributes?: components["schemas"]["io.k8s.api.authorization.v1.ResourceAttributes"];
        };
        "io.k8s.api.authorization.v1.SubjectAccessReviewStatus": {
            /** @default false */
            allowed: boolean;
            denied?: boolean;
            evaluationError?: string;
            reason?: string;
        };
        "io.k8s.api.coordination.v1.Lease": {
            apiVersion?: string;
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            /** @default {} */
            spec?: components["schemas"]["io.k8s.api.coordination.v1.LeaseSpec"];
        };
        "io.k8s.api.coordination.v1.LeaseSpec": {
            acquireTime?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"];
            holderIdentity?: string;
            /** Format: int32 */
            leaseDurationSeconds?: number;
            /** Format: int32 */
            leaseTransitions?: number;
            preferredHolder?: string;
            renewTime?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"];
            strategy?: string;
        };
        "io.k8s.api.core.v1.EventSource": {
            component?: string;
            host?: string;
        };
        "io.k8s.api.core.v1.ObjectReference": {
            apiVersion?: string;
            fieldPath?: string;
            kind?: string;
            name?: string;
            namespace?: string;
            resourceVersion?: string;
            uid?: string;
        };
        "io.k8s.api.core.v1.Pod": Record<string, never>;
        "io.k8s.api.core.v1.PodList": {
            apiVersion?: string;
            items: components["schemas"]["io.k8s.api.core.v1.Pod"][];
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"];
        };
        "io.k8s.api.events.v1.Event": {
            action?: string;
            apiVersion?: string;
            /** Format: int32 */
            deprecatedCount?: number;
            deprecatedFirstTimestamp?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            deprecatedLastTimestamp?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            /** @default {} */
            deprecatedSource?: components["schemas"]["io.k8s.api.core.v1.EventSource"];
            eventTime: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"];
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            note?: string;
            reason?: string;
            /** @default {} */
            regarding?: components["schemas"]["io.k8s.api.core.v1.ObjectReference"];
            related?: components["schemas"]["io.k8s.api.core.v1.ObjectReference"];
            reportingController?: string;
            reportingInstance?: string;
            series?: components["schemas"]["io.k8s.api.events.v1.EventSeries"];
            type?: string;
        };
        "io.k8s.api.events.v1.EventSeries": {
            /**
             * Format: int32
             * @default 0
             */
            count: number;
            lastObservedTime: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition": {
            description?: string;
            format?: string;
            /** @default  */
            jsonPath: string;
            /** @default  */
            name: string;
            /** Format: int32 */
            priority?: number;
            /** @default  */
            type: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion": {
            /** @default  */
            strategy: string;
            webhook?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition": {
            apiVersion?: string;
            kind?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            /** @default {} */
            spec: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec"];
            /** @default {} */
            status?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition": {
            lastTransitionTime?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            message?: string;
            reason?: string;
            /** @default  */
            status: string;
            /** @default  */
            type: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames": {
            categories?: string[];
            /** @default  */
            kind: string;
            listKind?: string;
            /** @default  */
            plural: string;
            shortNames?: string[];
            singular?: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec": {
            conversion?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion"];
            /** @default  */
            group: string;
            /** @default {} */
            names: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames"];
            preserveUnknownFields?: boolean;
            /** @default  */
            scope: string;
            versions: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion"][];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus": {
            /** @default {} */
            acceptedNames?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames"];
            conditions?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition"][];
            storedVersions?: string[];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": {
            additionalPrinterColumns?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition"][];
            deprecated?: boolean;
            deprecationWarning?: string;
            /** @default  */
            name: string;
            schema?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation"];
            selectableFields?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField"][];
            /** @default false */
            served: boolean;
            /** @default false */
            storage: boolean;
            subresources?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources": {
            scale?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale"];
            status?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale": {
            labelSelectorPath?: string;
            /** @default  */
            specReplicasPath: string;
            /** @default  */
            statusReplicasPath: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus": Record<string, never>;
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation": {
            openAPIV3Schema?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation": {
            description?: string;
            url?: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": unknown;
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps": {
            $ref?: string;
            $schema?: string;
            additionalItems?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool"];
            additionalProperties?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool"];
            allOf?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"][];
            anyOf?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"][];
            default?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"];
            definitions?: {
                [key: string]: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"];
            };
            dependencies?: {
                [key: string]: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray"];
            };
            description?: string;
            enum?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"][];
            example?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"];
            exclusiveMaximum?: boolean;
            exclusiveMinimum?: boolean;
            externalDocs?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation"];
            format?: string;
            id?: string;
            items?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray"];
            /** Format: double */
            maximum?: number;
            /** Format: int64 */
            maxItems?: number;
            /** Format: int64 */
            maxLength?: number;
            /** Format: int64 */
            maxProperties?: number;
            /** Format: double */
            minimum?: number;
            /** Format: int64 */
            minItems?: number;
            /** Format: int64 */
            minLength?: number;
            /** Format: int64 */
            minProperties?: number;
            /** Format: double */
            multipleOf?: number;
            not?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"];
            nullable?: boolean;
            oneOf?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"][];
            pattern?: string;
            patternProperties?: {
                [key: string]: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"];
            };
            properties?: {
                [key: string]: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"];
            };
            required?: string[];
            title?: string;
            type?: string;
            uniqueItems?: boolean;
            "x-kubernetes-embedded-resource"?: boolean;
            "x-kubernetes-int-or-string"?: boolean;
            "x-kubernetes-list-map-keys"?: string[];
            "x-kubernetes-list-type"?: string;
            "x-kubernetes-map-type"?: string;
            "x-kubernetes-preserve-unknown-fields"?: boolean;
            "x-kubernetes-validations"?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule"][];
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": unknown;
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": unknown;
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": unknown;
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField": {
            /** @default  */
            jsonPath: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference": {
            /** @default  */
            name: string;
            /** @default  */
            namespace: string;
            path?: string;
            /** Format: int32 */
            port?: number;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule": {
            fieldPath?: string;
            message?: string;
            messageExpression?: string;
            optionalOldSelf?: boolean;
            /** @enum {string} */
            reason?: "FieldValueDuplicate" | "FieldValueForbidden" | "FieldValueInvalid" | "FieldValueRequired";
            /** @default  */
            rule: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig": {
            /** Format: byte */
            caBundle?: string;
            service?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference"];
            url?: string;
        };
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion": {
            clientConfig?: components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig"];
            conversionReviewVersions: string[];
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions": {
            apiVersion?: string;
            dryRun?: string[];
            /** Format: int64 */
            gracePeriodSeconds?: number;
            ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
            kind?: string;
            orphanDependents?: boolean;
            preconditions?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions"];
            propagationPolicy?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement": {
            /** @default  */
            key: string;
            /** @default  */
            operator: string;
            values?: string[];
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": Record<string, never>;
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement": {
            /** @default  */
            key: string;
            /** @default  */
            operator: string;
            values?: string[];
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta": {
            continue?: string;
            /** Format: int64 */
            remainingItemCount?: number;
            resourceVersion?: string;
            selfLink?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry": {
            apiVersion?: string;
            fieldsType?: string;
            fieldsV1?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"];
            manager?: string;
            operation?: string;
            subresource?: string;
            time?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
        };
        /** Format: date-time */
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": string;
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {
            annotations?: {
                [key: string]: string;
            };
            creationTimestamp?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            /** Format: int64 */
            deletionGracePeriodSeconds?: number;
            deletionTimestamp?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            finalizers?: string[];
            generateName?: string;
            /** Format: int64 */
            generation?: number;
            labels?: {
                [key: string]: string;
            };
            managedFields?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry"][];
            name?: string;
            namespace?: string;
            ownerReferences?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference"][];
            resourceVersion?: string;
            selfLink?: string;
            uid?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference": {
            /** @default  */
            apiVersion: string;
            blockOwnerDeletion?: boolean;
            controller?: boolean;
            /** @default  */
            kind: string;
            /** @default  */
            name: string;
            /** @default  */
            uid: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": Record<string, never>;
        "io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions": {
            resourceVersion?: string;
            uid?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.Status": {
            apiVersion?: string;
            /** Format: int32 */
            code?: number;
            details?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails"];
            kind?: string;
            message?: string;
            /** @default {} */
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"];
            reason?: string;
            status?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause": {
            field?: string;
            message?: string;
            reason?: string;
        };
        "io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails": {
            causes?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause"][];
            group?: string;
            kind?: string;
            name?: string;
            /** Format: int32 */
            retryAfterSeconds?: number;
            uid?: string;
        };
        /** Format: date-time */
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time": string;
        "io.k8s.apimachinery.pkg.version.Info": {
            /** @default  */
            buildDate: string;
            /** @default  */
            compiler: string;
            emulationMajor?: string;
            emulationMinor?: string;
            /** @default  */
            gitCommit: string;
            /** @default  */
            gitTreeState: string;
            /** @default  */
            gitVersion: string;
            /** @default  */
            goVersion: string;
            /** @default  */
            major: string;
            minCompatibilityMajor?: string;
            minCompatibilityMinor?: string;
            /** @default  */
            minor: string;
            /** @default  */
            platform: string;
        };
        "io.stochastic.devops.v1.DevOpsPolicy": {
            apiVersion?: string;
            kind?: string;
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"];
            spec: {
                forbidLatestTag?: boolean | null;
                /** Format: int64 */
                forbidPendingDuration?: number | null;
                /** Format: int32 */
                maxRestartCount?: number | null;
                requireLivenessProbe?: boolean | null;
                requireReadinessProbe?: boolean | null;
            };
            status?: {
                /** @enum {string} */
                classification?: "Healthy" | "Stable" | "Degraded" | "Critical";
                conditions?: {
                    /** Format: date-time */
                    lastTransitionTime: string;
                    message: string;
                    /** Format: int64 */
                    observedGeneration?: number;
                    reason: string;
                    /** @enum {string} */
                    status: "True" | "False" | "Unknown";
                    type: string;
                }[];
                findings?: {
                    check: string;
                    container?: string;
                    detail: string;
                    pod: string;
                }[];
                /** Format: int32 */
                healthScore?: number | null;
                healthy?: boolean | null;
                /** Format: date-time */
                lastEvaluated?: string | null;
                message?: string | null;
                /** Format: int64 */
                observedGeneration?: number | null;
                /** Format: int64 */
                pods?: number;
                /** Format: int64 */
                violations?: number | null;
            } | null;
        };
        "io.stochastic.devops.v1.DevOpsPolicyList": {
            apiVersion?: string;
            items: components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"][];
            kind?: string;
            metadata?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listCoreV1NamespacedPod: {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.core.v1.PodList"];
                };
            };
        };
    };
    listCoreV1PodForAllNamespaces: {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.core.v1.PodList"];
                };
            };
        };
    };
    createApiextensionsV1CustomResourceDefinition: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
        };
    };
    readApiextensionsV1CustomResourceDefinition: {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
        };
    };
    deleteApiextensionsV1CustomResourceDefinition: {
        parameters: {
            query?: {
                dryRun?: string;
                gracePeriodSeconds?: number;
                ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
                orphanDependents?: boolean;
                pretty?: string;
                propagationPolicy?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "*/*": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Status"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Status"];
                };
            };
        };
    };
    patchApiextensionsV1CustomResourceDefinition: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                force?: boolean;
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": ReadonlyArray<JsonPatchOperation>;
                "application/merge-patch+json": DeepPartial<components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"]>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];
                };
            };
        };
    };
    createAuthenticationV1SelfSubjectReview: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": components["schemas"]["io.k8s.api.authentication.v1.SelfSubjectReview"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authentication.v1.SelfSubjectReview"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authentication.v1.SelfSubjectReview"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authentication.v1.SelfSubjectReview"];
                };
            };
        };
    };
    createAuthorizationV1SelfSubjectAccessReview: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": components["schemas"]["io.k8s.api.authorization.v1.SelfSubjectAccessReview"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authorization.v1.SelfSubjectAccessReview"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authorization.v1.SelfSubjectAccessReview"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.authorization.v1.SelfSubjectAccessReview"];
                };
            };
        };
    };
    createCoordinationV1NamespacedLease: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
        };
    };
    readCoordinationV1NamespacedLease: {
        parameters: {
            query?: {
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
        };
    };
    patchCoordinationV1NamespacedLease: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                force?: boolean;
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": ReadonlyArray<JsonPatchOperation>;
                "application/merge-patch+json": DeepPartial<components["schemas"]["io.k8s.api.coordination.v1.Lease"]>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.coordination.v1.Lease"];
                };
            };
        };
    };
    listDevopsStochasticIoV1DevOpsPolicyForAllNamespaces: {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.stochastic.devops.v1.DevOpsPolicyList"];
                };
            };
        };
    };
    listDevopsStochasticIoV1NamespacedDevOpsPolicy: {
        parameters: {
            query?: {
                allowWatchBookmarks?: boolean;
                continue?: string;
                fieldSelector?: string;
                labelSelector?: string;
                limit?: number;
                pretty?: string;
                resourceVersion?: string;
                resourceVersionMatch?: string;
                sendInitialEvents?: boolean;
                timeoutSeconds?: number;
                watch?: boolean;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.stochastic.devops.v1.DevOpsPolicyList"];
                };
            };
        };
    };
    readDevopsStochasticIoV1NamespacedDevOpsPolicy: {
        parameters: {
            query?: {
                pretty?: string;
                resourceVersion?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"];
                };
            };
        };
    };
    deleteDevopsStochasticIoV1NamespacedDevOpsPolicy: {
        parameters: {
            query?: {
                dryRun?: string;
                gracePeriodSeconds?: number;
                ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
                orphanDependents?: boolean;
                pretty?: string;
                propagationPolicy?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Status"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Status"];
                };
            };
        };
    };
    patchDevopsStochasticIoV1NamespacedDevOpsPolicy: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                force?: boolean;
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": ReadonlyArray<JsonPatchOperation>;
                "application/merge-patch+json": DeepPartial<components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"]>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"];
                };
            };
        };
    };
    patchDevopsStochasticIoV1NamespacedDevOpsPolicyStatus: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                force?: boolean;
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": ReadonlyArray<JsonPatchOperation>;
                "application/merge-patch+json": DeepPartial<components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"]>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"];
                };
            };
        };
    };
    createEventsV1NamespacedEvent: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                pretty?: string;
            };
            header?: never;
            path: {
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": components["schemas"]["io.k8s.api.events.v1.Event"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.events.v1.Event"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.events.v1.Event"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.events.v1.Event"];
                };
            };
        };
    };
    patchEventsV1NamespacedEvent: {
        parameters: {
            query?: {
                dryRun?: string;
                fieldManager?: string;
                fieldValidation?: string;
                force?: boolean;
                pretty?: string;
            };
            header?: never;
            path: {
                name: string;
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": ReadonlyArray<JsonPatchOperation>;
                "application/merge-patch+json": DeepPartial<components["schemas"]["io.k8s.api.events.v1.Event"]>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.events.v1.Event"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.api.events.v1.Event"];
                };
            };
        };
    };
    getCodeVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["io.k8s.apimachinery.pkg.version.Info"];
                };
            };
        };
    };
}
