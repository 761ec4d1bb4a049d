/// Types of the API group `apiextensions.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/apiextensions-apiserver v0.36.2.
enum ApiextensionsTypes {
  static let v1 = """
    ConversionRequest
     uid string
     desiredAPIVersion string
     objects []Any
    ConversionResponse
     uid string
     convertedObjects []Any
     result meta/v1.Status
    ConversionReview
     kind string ?
     apiVersion string ?
     request *ConversionRequest ?
     response *ConversionResponse ?
    CustomResourceColumnDefinition
     name string
     type string
     format string ?
     description string ?
     priority int32 ?
     jsonPath string
    CustomResourceConversion
     strategy string
     webhook *WebhookConversion ?
    CustomResourceDefinition
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CustomResourceDefinitionSpec
     status CustomResourceDefinitionStatus ?
    CustomResourceDefinitionCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
     observedGeneration int64 ? gate=CRDObservedGenerationTracking
    CustomResourceDefinitionNames
     plural string
     singular string ?
     shortNames []string ?
     kind string
     listKind string ?
     categories []string ?
    CustomResourceDefinitionSpec
     group string
     names CustomResourceDefinitionNames
     scope string
     versions []CustomResourceDefinitionVersion
     conversion *CustomResourceConversion ?
     preserveUnknownFields bool ?
    CustomResourceDefinitionStatus
     conditions []CustomResourceDefinitionCondition map=type
     acceptedNames CustomResourceDefinitionNames
     storedVersions []string
     observedGeneration int64 ? gate=CRDObservedGenerationTracking
    CustomResourceDefinitionVersion
     name string
     served bool
     storage bool
     deprecated bool ?
     deprecationWarning *string ?
     schema *CustomResourceValidation ?
     subresources *CustomResourceSubresources ?
     additionalPrinterColumns []CustomResourceColumnDefinition ?
     selectableFields []SelectableField ? gate=CustomResourceFieldSelectors
    CustomResourceSubresourceScale
     specReplicasPath string
     statusReplicasPath string
     labelSelectorPath *string ?
    CustomResourceSubresourceStatus
    CustomResourceSubresources
     status *CustomResourceSubresourceStatus ?
     scale *CustomResourceSubresourceScale ?
    CustomResourceValidation
     openAPIV3Schema *JSONSchemaProps ?
    ExternalDocumentation
     description string ?
     url string ?
    JSONSchemaProps
     id string ?
     $schema string ?
     $ref *string ?
     description string ?
     type string ?
     format string ?
     title string ?
     default *Any ?
     maximum *float64 ?
     exclusiveMaximum bool ?
     minimum *float64 ?
     exclusiveMinimum bool ?
     maxLength *int64 ?
     minLength *int64 ?
     pattern string ?
     maxItems *int64 ?
     minItems *int64 ?
     uniqueItems bool ?
     multipleOf *float64 ?
     enum []Any ?
     maxProperties *int64 ?
     minProperties *int64 ?
     required []string ?
     items *Any ?
     allOf []JSONSchemaProps ?
     oneOf []JSONSchemaProps ?
     anyOf []JSONSchemaProps ?
     not *JSONSchemaProps ?
     properties {}JSONSchemaProps ?
     additionalProperties *Any ?
     patternProperties {}JSONSchemaProps ?
     dependencies {}Any ?
     additionalItems *Any ?
     definitions {}JSONSchemaProps ?
     externalDocs *ExternalDocumentation ?
     example *Any ?
     nullable bool ?
     x-kubernetes-preserve-unknown-fields *bool ?
     x-kubernetes-embedded-resource bool ?
     x-kubernetes-int-or-string bool ?
     x-kubernetes-list-map-keys []string ?
     x-kubernetes-list-type *string ?
     x-kubernetes-map-type *string ?
     x-kubernetes-validations []ValidationRule ? map=rule
    SelectableField
     jsonPath string
    ServiceReference
     namespace string
     name string
     path *string ?
     port *int32 ?
    ValidationRule
     rule string
     message string ?
     messageExpression string ?
     reason *string ?
     fieldPath string ?
     optionalOldSelf *bool ? gate=CRDValidationRatcheting
    WebhookClientConfig
     url *string ?
     service *ServiceReference ?
     caBundle bytes ?
    WebhookConversion
     clientConfig *WebhookClientConfig ?
     conversionReviewVersions []string
    """
}
