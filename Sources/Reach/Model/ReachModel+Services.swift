import Bytes
import Findings
import Kube

/// Questions whose destination is a Service: they are asked of what is behind it.
///
/// Source: kubernetes.io, "Network policies": selectors are judged on the pod behind a Service; whether a block is judged by
/// the Service's address or by the one that it is rewritten to, is not defined where that one is outside the cluster.
extension ReachModel {
  func answer(_ source: End, _ service: ServiceIndex.Service, _ question: ReachQuestion) -> Answer {
    if let name = service.externalName {
      if ServiceIndex.isInside(name) {
        // One step: what leads on from there, or back, is not followed.
        guard let next = cluster.services.find(host: name, home: service.namespace), next.externalName == nil else {
          return combine(service, [])
        }
        return answer(source, next, question)
      }
      guard let end = self.name(name) else { return combine(service, []) }
      return answer(source, end, question)
    }
    guard let transport = question.transport else {
      // A Service answers on its ports alone.
      return Answer(allowed: false, because: .noSuchPort(service: service.subject))
    }
    let ports = service.ports.filter {
      ServiceIndex.transport($0) == transport && $0["port"]?.int == Int64(question.port)
    }
    if service.isHeadless {
      // Its name leads to the pods, which are asked for the port itself.
      return combine(
        service,
        service.endpoints.map { answer(source, .endpoint($0), question) }
          + outside(service).map { answer(source, .address($0.address), question) })
    }
    guard let port = ports.first else { return Answer(allowed: false, because: .noSuchPort(service: service.subject)) }
    var answers: [Answer] = []
    for endpoint in service.endpoints {
      let set = cluster.services.ports(endpoint, behind: port)
      guard let target = set.ports(transport).first?.lowerBound else { continue }
      answers.append(answer(source, .endpoint(endpoint), ReachQuestion(transport, target, question.request)))
    }
    for backend in outside(service) {
      let own = backend.ports.filter { $0["name"]?.text == port["name"]?.text || backend.ports.count == 1 }
      guard let target = own.first?["port"]?.int.flatMap({ UInt16(exactly: $0) }), target > 0 else { continue }
      let rewritten = answer(source, .address(backend.address), ReachQuestion(transport, target, question.request))
      answers.append(rewritten)
      guard let address = service.addresses.first, cluster.peer(of: address) != nil else { continue }
      let asked = answer(source, .address(address), question)
      if asked.allowed != rewritten.allowed {
        return Answer(
          verdict: .unknown, allowed: rewritten.allowed, because: rewritten.because, condition: rewritten.condition,
          missing: [.init(rule: nil, facts: [.addressTranslation(service: service.subject.workloadText)])],
          trace: rewritten.trace)
      }
    }
    return combine(service, answers)
  }

  /// What EndpointSlices put behind a Service without a selector.
  private func outside(_ service: ServiceIndex.Service) -> [(address: IPAddress, ports: [DocumentNode])] {
    service.hasSelector
      ? [] : ServiceIndex.backends(of: service.name, in: service.namespace, cluster.snapshot)
  }

  func combine(_ service: ServiceIndex.Service, _ answers: [Answer]) -> Answer { combine(service.subject, answers) }

  /// Any of the pods of a Service or workload may answer.
  func combine(_ service: Subject, _ answers: [Answer]) -> Answer {
    guard let first = answers.first else {
      return Answer(
        verdict: .unknown, allowed: false, because: .notIsolated, condition: .never,
        missing: [.init(rule: nil, facts: [.backends(service: service.workloadText)])])
    }
    let allowed = answers.first(where: \.allowed)
    let denied = answers.first { !$0.allowed }
    if let allowed, let denied {
      return Answer(
        verdict: .unknown, allowed: true,
        because: .dependsOnBackend(denied: denied.because, allowed: allowed.because), condition: allowed.condition,
        missing: [.init(rule: nil, facts: [.chosenBackend(service: service.workloadText)])],
        trace: allowed.trace)
    }
    return answers.first { $0.verdict == .unknown } ?? first
  }
}
