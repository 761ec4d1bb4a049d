package import Bytes
package import Findings
package import Report
package import Store

/// Where alerts and incidents are asked for and worked on: a store, or a server.
package enum AlertDesk: Sendable {
  /// - author: who works on them.
  case store(any AlertStore, author: String, now: Timestamp)
  case server(AlertServerClient)

  /// An answer that other programs read as well as people.
  package func alerts(_ question: AlertQuestion) async throws(BartizanError) -> AlertListAnswer {
    switch self {
    case .store(let store, _, let now):
      let page = try await store.alerts(try question.filter(now: now, naming: .options))
      return AlertListAnswer(alerts: page.alerts.map { AlertRow($0) }, next: page.next?.text)
    case .server(let client): return try await client.read(client.get("/alerts", question), AlertListAnswer.init)
    }
  }

  package func incidents(_ question: AlertQuestion) async throws(BartizanError) -> IncidentListAnswer {
    switch self {
    case .store(let store, _, let now):
      let page = try await store.incidents(try question.filter(now: now, naming: .options))
      return IncidentListAnswer(incidents: page.incidents.map { IncidentRow($0) }, next: page.next?.text)
    case .server(let client):
      return try await client.read(client.get("/incidents", question), IncidentListAnswer.init)
    }
  }

  /// - Throws: `input` where there is none.
  package func alert(_ id: String) async throws(BartizanError) -> AlertDetailAnswer {
    switch self {
    case .store(let store, _, _):
      guard let kept = try await store.alert(id) else {
        throw BartizanError(.input, "\(id): no alert of this id is kept")
      }
      return AlertDetailAnswer(kept)
    case .server(let client): return try await client.read(client.get("/alerts", id: id), AlertDetailAnswer.init)
    }
  }

  package func incident(_ id: String) async throws(BartizanError) -> IncidentDetailAnswer {
    switch self {
    case .store(let store, _, _):
      guard let kept = try await store.incident(id) else {
        throw BartizanError(.input, "\(id): no incident of this id is kept")
      }
      return IncidentDetailAnswer(kept)
    case .server(let client): return try await client.read(client.get("/incidents", id: id), IncidentDetailAnswer.init)
    }
  }

  /// Has a server tried with an event of its own.
  ///
  /// - Throws: `usage` for a store, at which nobody looks.
  package func selfTest() async throws(BartizanError) -> SelfTestAnswer {
    switch self {
    case .store: throw BartizanError(.usage, "a server is tried, not a store: name it with --server")
    case .server(let client): return try await client.read(client.selfTest(), SelfTestAnswer.init)
    }
  }

  /// - Throws: `input` that names the id that is unknown; nothing is changed then.
  package func change(
    alerts: [String], incidents: [String], _ question: TriageQuestion
  ) async throws(BartizanError) -> TriageChangeAnswer {
    let change = try question.change(.options)
    switch self {
    case .store(let store, let author, _):
      try await store.change(
        alerts: alerts, incidents: incidents, change, by: author, comment: question.comment)
    case .server(let client):
      // Nothing is changed where one of them is not there.
      for (path, ids) in [("/alerts", alerts), ("/incidents", incidents)] where alerts.count + incidents.count > 1 {
        for id in ids { _ = try await client.read(client.get(path, id: id)) { _ in true } }
      }
      for (path, ids) in [("/alerts", alerts), ("/incidents", incidents)] {
        for id in ids { _ = try await client.read(client.post(path, id: id, question), TriageChangeAnswer.init) }
      }
    }
    return TriageChangeAnswer(ids: alerts + incidents, action: question.action.done)
  }

  package func suppressions(includesPast: Bool) async throws(BartizanError) -> SuppressionListAnswer {
    switch self {
    case .store(let store, _, _):
      return SuppressionListAnswer(try await store.suppressions(includesPast: includesPast))
    case .server(let client):
      return try await client.read(
        client.get("/suppressions\(includesPast ? "?past=true" : "")"), SuppressionListAnswer.init)
    }
  }

  package func suppress(_ question: SuppressionQuestion) async throws(BartizanError) -> SuppressionListAnswer {
    switch self {
    case .store(let store, let author, let now):
      let suppression = try question.suppression(author: author, now: now, naming: .options)
      try await store.suppress(suppression)
      return SuppressionListAnswer([suppression])
    case .server(let client):
      return try await client.read(client.suppress(question), SuppressionListAnswer.init)
    }
  }

  package func lift(_ id: String) async throws(BartizanError) -> TriageChangeAnswer {
    switch self {
    case .store(let store, _, _): try await store.lift(id)
    case .server(let client): _ = try await client.read(client.lift(id), TriageChangeAnswer.init)
    }
    return TriageChangeAnswer(ids: [id], action: "lifted")
  }

  package func deliveries(_ destination: String?, limit: Int) async throws(BartizanError) -> DeliveryListAnswer {
    switch self {
    case .store(let store, _, _): return DeliveryListAnswer(try await store.dispatches(destination, limit: limit))
    case .server(let client):
      return try await client.read(client.deliveries(destination, limit: limit), DeliveryListAnswer.init)
    }
  }

  /// Has what was given up sent again.
  package func redeliver(_ destination: String?) async throws(BartizanError) -> RedeliveryAnswer {
    switch self {
    case .store(let store, _, _): return RedeliveryAnswer(count: try await store.redeliver(destination))
    case .server(let client): return try await client.read(client.redeliver(destination), RedeliveryAnswer.init)
    }
  }
}
