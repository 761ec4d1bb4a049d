/// Types of the API group `admissionregistration.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum AdmissionregistrationTypes {
  static let v1 = """
    ApplyConfiguration
     expression string ?
    AuditAnnotation
     key string
     valueExpression string
    ExpressionWarning
     fieldRef string
     warning string
    JSONPatch
     expression string ?
    MatchCondition
     name string
     expression string
    MatchResources atomic
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     resourceRules []NamedRuleWithOperations ?
     excludeResourceRules []NamedRuleWithOperations ?
     matchPolicy *string ?
    MutatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicySpec ?
    MutatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicyBindingSpec ?
    MutatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
    MutatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     variables []Variable ?
     mutations []Mutation ?
     failurePolicy *string ?
     matchConditions []MatchCondition ? map=name
     reinvocationPolicy string ?
    MutatingWebhook
     name string
     clientConfig WebhookClientConfig
     rules []RuleWithOperations ?
     failurePolicy *string ?
     matchPolicy *string ?
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     sideEffects *string
     timeoutSeconds *int32 ?
     admissionReviewVersions []string
     reinvocationPolicy *string ?
     matchConditions []MatchCondition ? map=name
    MutatingWebhookConfiguration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     webhooks []MutatingWebhook ? map=name
    Mutation
     patchType string
     applyConfiguration *ApplyConfiguration ?
     jsonPatch *JSONPatch ?
    NamedRuleWithOperations atomic
     resourceNames []string ?
     operations []string ?
     apiGroups []string ?
     apiVersions []string ?
     resources []string ?
     scope *string ?
    ParamKind atomic
     apiVersion string ?
     kind string ?
    ParamRef atomic
     name string ?
     namespace string ?
     selector *meta/v1.LabelSelector ?
     parameterNotFoundAction *string ?
    Rule
     apiGroups []string ?
     apiVersions []string ?
     resources []string ?
     scope *string ?
    RuleWithOperations
     operations []string ?
     apiGroups []string ?
     apiVersions []string ?
     resources []string ?
     scope *string ?
    ServiceReference
     namespace string
     name string
     path *string ?
     port *int32 ?
    TypeChecking
     expressionWarnings []ExpressionWarning ?
    ValidatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicySpec ?
     status ValidatingAdmissionPolicyStatus ?
    ValidatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicyBindingSpec ?
    ValidatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
     validationActions []string ? set
    ValidatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     validations []Validation ?
     failurePolicy *string ?
     auditAnnotations []AuditAnnotation ?
     matchConditions []MatchCondition ? map=name
     variables []Variable ? map=name
    ValidatingAdmissionPolicyStatus
     observedGeneration int64 ?
     typeChecking *TypeChecking ?
     conditions []meta/v1.Condition ? map=type
    ValidatingWebhook
     name string
     clientConfig WebhookClientConfig
     rules []RuleWithOperations ?
     failurePolicy *string ?
     matchPolicy *string ?
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     sideEffects *string
     timeoutSeconds *int32 ?
     admissionReviewVersions []string
     matchConditions []MatchCondition ? map=name
    ValidatingWebhookConfiguration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     webhooks []ValidatingWebhook ? map=name
    Validation
     expression string
     message string ?
     reason *string ?
     messageExpression string ?
    Variable atomic
     name string
     expression string
    WebhookClientConfig
     url *string ?
     service *ServiceReference ?
     caBundle bytes ?
    """
  static let v1beta1 = """
    ApplyConfiguration
     expression string ?
    AuditAnnotation
     key string
     valueExpression string
    ExpressionWarning
     fieldRef string
     warning string
    JSONPatch
     expression string ?
    MatchCondition
     name string
     expression string
    MatchResources atomic
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     resourceRules []NamedRuleWithOperations ?
     excludeResourceRules []NamedRuleWithOperations ?
     matchPolicy *string ?
    MutatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicySpec ?
    MutatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicyBindingSpec ?
    MutatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
    MutatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     variables []Variable ?
     mutations []Mutation ?
     failurePolicy *string ?
     matchConditions []MatchCondition ? map=name
     reinvocationPolicy string ?
    MutatingWebhook
     name string
     clientConfig WebhookClientConfig
     rules []admissionregistration/v1.RuleWithOperations ?
     failurePolicy *string ?
     matchPolicy *string ?
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     sideEffects *string ?
     timeoutSeconds *int32 ?
     admissionReviewVersions []string ?
     reinvocationPolicy *string ?
     matchConditions []MatchCondition ? map=name
    MutatingWebhookConfiguration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     webhooks []MutatingWebhook ? map=name
    Mutation
     patchType string
     applyConfiguration *ApplyConfiguration ?
     jsonPatch *JSONPatch ?
    NamedRuleWithOperations atomic
     resourceNames []string ?
     operations []string ?
     apiGroups []string ?
     apiVersions []string ?
     resources []string ?
     scope *string ?
    ParamKind atomic
     apiVersion string ?
     kind string ?
    ParamRef atomic
     name string ?
     namespace string ?
     selector *meta/v1.LabelSelector ?
     parameterNotFoundAction *string ?
    ServiceReference
     namespace string
     name string
     path *string ?
     port *int32 ?
    TypeChecking
     expressionWarnings []ExpressionWarning ?
    ValidatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicySpec ?
     status ValidatingAdmissionPolicyStatus ?
    ValidatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicyBindingSpec ?
    ValidatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
     validationActions []string ? set
    ValidatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     validations []Validation ?
     failurePolicy *string ?
     auditAnnotations []AuditAnnotation ?
     matchConditions []MatchCondition ? map=name
     variables []Variable ? map=name
    ValidatingAdmissionPolicyStatus
     observedGeneration int64 ?
     typeChecking *TypeChecking ?
     conditions []meta/v1.Condition ? map=type
    ValidatingWebhook
     name string
     clientConfig WebhookClientConfig
     rules []admissionregistration/v1.RuleWithOperations ?
     failurePolicy *string ?
     matchPolicy *string ?
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     sideEffects *string ?
     timeoutSeconds *int32 ?
     admissionReviewVersions []string ?
     matchConditions []MatchCondition ? map=name
    ValidatingWebhookConfiguration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     webhooks []ValidatingWebhook ? map=name
    Validation
     expression string
     message string ?
     reason *string ?
     messageExpression string ?
    Variable atomic
     name string
     expression string
    WebhookClientConfig
     url *string ?
     service *ServiceReference ?
     caBundle bytes ?
    """
  static let v1alpha1 = """
    ApplyConfiguration
     expression string ?
    AuditAnnotation
     key string
     valueExpression string
    ExpressionWarning
     fieldRef string
     warning string
    JSONPatch
     expression string ?
    MatchResources atomic
     namespaceSelector *meta/v1.LabelSelector ?
     objectSelector *meta/v1.LabelSelector ?
     resourceRules []NamedRuleWithOperations ?
     excludeResourceRules []NamedRuleWithOperations ?
     matchPolicy *string ?
    MutatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicySpec ?
    MutatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec MutatingAdmissionPolicyBindingSpec ?
    MutatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
    MutatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     variables []Variable ?
     mutations []Mutation ?
     failurePolicy *string ?
     matchConditions []admissionregistration/v1.MatchCondition ? map=name
     reinvocationPolicy string ?
    Mutation
     patchType string
     applyConfiguration *ApplyConfiguration ?
     jsonPatch *JSONPatch ?
    NamedRuleWithOperations atomic
     resourceNames []string ?
     operations []string ?
     apiGroups []string ?
     apiVersions []string ?
     resources []string ?
     scope *string ?
    ParamKind atomic
     apiVersion string ?
     kind string ?
    ParamRef atomic
     name string ?
     namespace string ?
     selector *meta/v1.LabelSelector ?
     parameterNotFoundAction *string ?
    TypeChecking
     expressionWarnings []ExpressionWarning ?
    ValidatingAdmissionPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicySpec ?
     status ValidatingAdmissionPolicyStatus ?
    ValidatingAdmissionPolicyBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ValidatingAdmissionPolicyBindingSpec ?
    ValidatingAdmissionPolicyBindingSpec
     policyName string ?
     paramRef *ParamRef ?
     matchResources *MatchResources ?
     validationActions []string ? set
    ValidatingAdmissionPolicySpec
     paramKind *ParamKind ?
     matchConstraints *MatchResources ?
     validations []Validation ?
     failurePolicy *string ?
     auditAnnotations []AuditAnnotation ?
     matchConditions []admissionregistration/v1.MatchCondition ? map=name
     variables []Variable ? map=name
    ValidatingAdmissionPolicyStatus
     observedGeneration int64 ?
     typeChecking *TypeChecking ?
     conditions []meta/v1.Condition ? map=type
    Validation
     expression string
     message string ?
     reason *string ?
     messageExpression string ?
    Variable
     name string
     expression string
    """
}
