import Findings
import TestKit
import Testing

@Suite struct SubjectTests {
  /// One thing has one value, whoever speaks of it, and reports of ours read back as what they were written from.
  @Test func oneThingHasOneValue() {
    #expect(Subject.node("n1") == Subject(kind: "Node", name: "n1"))
    let account = Subject.principal(Principal(userName: "system:serviceaccount:shop:web"))
    #expect(account == Subject(kind: "ServiceAccount", namespace: "shop", name: "web"))
    #expect(account.principal == .serviceAccount(namespace: "shop", name: "web"))
    #expect(
      Subject.principal(Principal(userName: "system:serviceaccount::web")).principal
        == .user("system:serviceaccount::web"))
    // A manifest may call its kind what it likes.
    #expect(Subject(kind: "Image", name: "app") != .image("app"))
    #expect(Subject(kind: "Node", namespace: "x", name: "n1") != .node("n1"))
    let all: [Subject] = [
      Subject(group: "apps", kind: "Deployment", namespace: "shop", name: "web", cluster: "east"), .node("n1"),
      .principal(.user("ann")), .principal(.group("ops")), account, .image("app:1"),
      Subject(.imageDigest("sha256:00")), .registry("r.example:5000"), Subject(.address("192.0.2.1")),
      Subject(.cloudIdentity(provider: "aws", id: "arn:aws:iam::1:role/x")), Subject(.exception("*")),
    ]
    for subject in all {
      #expect(
        Subject(
          reportedGroup: subject.group, kind: subject.kind, namespace: subject.namespace, name: subject.name,
          cluster: subject.cluster) == subject)
    }
    #expect(Set(all).count == all.count)
  }

  @Test func texts() {
    let subject = Subject(group: "apps", kind: "Deployment", namespace: "shop", name: "web", cluster: "east")
    #expect(subject.text == "east: shop/Deployment/web" && subject.workloadText == "shop/web[Deployment]")
    #expect(Subject.image("app:1").text == "Image/app:1" && Subject.node("n").text == "Node/n")
  }

  @Test func messagesBearWhatTheyName() {
    let message: Message =
      "\("app:1", as: "image") has \(3, as: "count") of \(["a", "b"], as: "kinds", shown: "a and b")"
    #expect(message.text == "app:1 has 3 of a and b")
    #expect(
      message["image"] == .text("app:1") && message["count"] == .number(3) && message["kinds"] == .list(["a", "b"]))
    #expect(message["other"] == nil && Message("plain").details.isEmpty)
    let whole: Message = "so: \(message)"
    #expect(whole.text == "so: app:1 has 3 of a and b" && whole.details == message.details)
  }

  @Test func aProblemNamesItsSubjectOnce() {
    let problem = Problem(
      code: "bad", location: Location(file: "f", line: 2), subject: Subject(kind: "Pod", namespace: "n", name: "p"),
      message: "it is odd")
    #expect(problem.text == "f:2: n/Pod/p: it is odd" && problem.detail.text == "it is odd")
  }

  @Test func errorsAreEqualByCode() {
    #expect(BartizanError(.input, "a") == BartizanError(.input, "b"))
    #expect(BartizanError(.input, "a") != BartizanError(.remote, "a"))
    #expect(BartizanError(.remote, "a", cause: BartizanError(.input, "b")).cause is BartizanError)
  }
}
