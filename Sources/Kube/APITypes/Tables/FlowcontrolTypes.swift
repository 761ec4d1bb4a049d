/// Types of the API group `flowcontrol.apiserver.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum FlowcontrolTypes {
  static let v1 = """
    ExemptPriorityLevelConfiguration
     nominalConcurrencyShares *int32 ?
     lendablePercent *int32 ?
    FlowDistinguisherMethod
     type string
    FlowSchema
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec FlowSchemaSpec ?
     status FlowSchemaStatus ?
    FlowSchemaCondition
     type string ?
     status string ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    FlowSchemaSpec
     priorityLevelConfiguration PriorityLevelConfigurationReference
     matchingPrecedence int32
     distinguisherMethod *FlowDistinguisherMethod ?
     rules []PolicyRulesWithSubjects ?
    FlowSchemaStatus
     conditions []FlowSchemaCondition ? map=type
    GroupSubject
     name string
    LimitResponse
     type string
     queuing *QueuingConfiguration ?
    LimitedPriorityLevelConfiguration
     nominalConcurrencyShares *int32
     limitResponse LimitResponse ?
     lendablePercent *int32 ?
     borrowingLimitPercent *int32 ?
    NonResourcePolicyRule
     verbs []string set
     nonResourceURLs []string set
    PolicyRulesWithSubjects
     subjects []Subject
     resourceRules []ResourcePolicyRule ?
     nonResourceRules []NonResourcePolicyRule ?
    PriorityLevelConfiguration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PriorityLevelConfigurationSpec ?
     status PriorityLevelConfigurationStatus ?
    PriorityLevelConfigurationCondition
     type string ?
     status string ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    PriorityLevelConfigurationReference
     name string
    PriorityLevelConfigurationSpec
     type string
     limited *LimitedPriorityLevelConfiguration ?
     exempt *ExemptPriorityLevelConfiguration ?
    PriorityLevelConfigurationStatus
     conditions []PriorityLevelConfigurationCondition ? map=type
    QueuingConfiguration
     queues int32
     handSize int32
     queueLengthLimit int32
    ResourcePolicyRule
     verbs []string set
     apiGroups []string set
     resources []string set
     clusterScope bool ?
     namespaces []string set
    ServiceAccountSubject
     namespace string
     name string
    Subject
     kind string
     user *UserSubject ?
     group *GroupSubject ?
     serviceAccount *ServiceAccountSubject ?
    UserSubject
     name string
    """
}
