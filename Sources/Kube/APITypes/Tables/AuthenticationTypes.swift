/// Types of the API group `authentication.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum AuthenticationTypes {
  static let v1 = """
    BoundObjectReference
     kind string ?
     apiVersion string ?
     name string ?
     uid string ?
    SelfSubjectReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     status SelfSubjectReviewStatus ?
    SelfSubjectReviewStatus
     userInfo UserInfo ?
    TokenRequest
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec TokenRequestSpec
     status TokenRequestStatus ?
    TokenRequestSpec
     audiences []string
     expirationSeconds *int64
     boundObjectRef *BoundObjectReference
    TokenRequestStatus
     token string
     expirationTimestamp Time
    TokenReview
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec TokenReviewSpec
     status TokenReviewStatus ?
    TokenReviewSpec
     token string ?
     audiences []string ?
    TokenReviewStatus
     authenticated bool ?
     user UserInfo ?
     audiences []string ?
     error string ?
    UserInfo
     username string ?
     uid string ?
     groups []string ?
     extra {}[]string ?
    """
}
