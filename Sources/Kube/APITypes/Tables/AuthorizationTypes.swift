/// Types of the API group `authorization.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum AuthorizationTypes {
  static let v1 = """
    FieldSelectorAttributes
     rawSelector string ?
     requirements []meta/v1.FieldSelectorRequirement ?
    LabelSelectorAttributes
     rawSelector string ?
     requirements []meta/v1.LabelSelectorRequirement ?
    LocalSubjectAccessReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec SubjectAccessReviewSpec
     status SubjectAccessReviewStatus ?
    NonResourceAttributes
     path string ?
     verb string ?
    NonResourceRule
     verbs []string
     nonResourceURLs []string ?
    ResourceAttributes
     namespace string ?
     verb string ?
     group string ?
     version string ?
     resource string ?
     subresource string ?
     name string ?
     fieldSelector *FieldSelectorAttributes ?
     labelSelector *LabelSelectorAttributes ?
    ResourceRule
     verbs []string
     apiGroups []string ?
     resources []string ?
     resourceNames []string ?
    SelfSubjectAccessReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec SelfSubjectAccessReviewSpec
     status SubjectAccessReviewStatus ?
    SelfSubjectAccessReviewSpec
     resourceAttributes *ResourceAttributes ?
     nonResourceAttributes *NonResourceAttributes ?
    SelfSubjectRulesReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec SelfSubjectRulesReviewSpec
     status SubjectRulesReviewStatus ?
    SelfSubjectRulesReviewSpec
     namespace string ?
    SubjectAccessReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec SubjectAccessReviewSpec
     status SubjectAccessReviewStatus ?
    SubjectAccessReviewSpec
     resourceAttributes *ResourceAttributes ?
     nonResourceAttributes *NonResourceAttributes ?
     user string ?
     groups []string ?
     extra {}[]string ?
     uid string ?
    SubjectAccessReviewStatus
     allowed bool
     denied bool ?
     reason string ?
     evaluationError string ?
    SubjectRulesReviewStatus
     resourceRules []ResourceRule
     nonResourceRules []NonResourceRule
     incomplete bool
     evaluationError string ?
    """
}
