package import Admission
package import Kube
package import Report

/// Objects at the door of a cluster (`admission explain`).
package enum AdmissionExplainOperation {
  package static func run(
    _ objects: [KubeObject], _ input: AdmissionInput, user: AdmissionRequest.User, namespace: String
  ) throws -> AdmissionExplanationAnswer {
    let sender = ObjectVerdicts.Sender(user: user, namespace: namespace)
    let authorizer = input.authorizer(for: user)
    var items: [AdmissionExplanationAnswer.Item] = []
    for object in objects {
      try Task.checkCancellation()
      let creation = AdmissionRequest.creation(of: object, input.cluster.resources, sender)
      if case .request(let request) = creation {
        items.append(.init(object: object, decision: input.chain.decide(request, authorizer)))
      } else {
        items.append(.init(object: object, reason: creation.reason ?? ""))
      }
    }
    return AdmissionExplanationAnswer(items)
  }
}
