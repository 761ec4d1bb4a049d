import Access
import Depth
import TestKit
import Testing

@Suite struct AccessReviewTests {
  @Test func reviewGradesAndRemarks() {
    let inventory = RBACText.inventory(
      RBACText.bind("cluster-admin", to: "[{kind: User, name: kim}]")
        + RBACText.bind("view", to: "[{kind: Group, name: 'system:unauthenticated'}]")
        + "apiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: n, annotations: {kubernetes.io/service-account.name: x}}\ntype: kubernetes.io/service-account-token\n"
    )
    let review = AccessReview(AccessProfile(inventory))
    #expect(
      Dictionary(uniqueKeysWithValues: review.rows.map { ($0.subject, $0.grade) }) == [
        .user("kim"): "F", .group("system:unauthenticated"): "F",
      ])
    #expect(
      Set(review.remarks.map(\.kind)).isSuperset(of: [
        .clusterAdmin, .everybody, .tokenInSecret,
      ]))
  }
}
