import Bytes
import Console
import Events
import Operations
import Server
import Store
import TestKit
import Testing
import Transport

/// The server of events and the admission webhook in one process.
@Suite struct ServingTests {
  @Test func decisionsAreEvents() async throws {
    let folder = try TemporaryFolder()
    try folder.write("policies.yaml", AdmissionFixture.policies)
    var tokens = TokenList()
    let token = tokens.make(.admission, name: "API server", created: "")
    let local = ListenAddress(host: "127.0.0.1", port: 0)
    var settings = Serving.Settings()
    settings.events = EventServer.Settings(
      address: local, folder: folder.path + "/events", tokens: TokenRegister(tokens))
    var webhook = AdmissionServer.Settings(
      address: local, configuration: try AdmissionFixture.configuration(nil, [folder.path + "/policies.yaml"]),
      certificate: .own(folder: folder.path + "/authority", names: ["localhost", "127.0.0.1"]))
    webhook.access.tokens = tokens
    webhook.longest = .seconds(3_600)
    settings.admission = webhook
    let surroundings = Surroundings(
      metrics: Metrics(), tell: { _ in },
      now: { Timestamp(seconds: Int64(UnixTime.now - 21 * 86_400)) ?? EventFixture.start })
    let serving = try await Serving.start(try await Serving.prepare(settings, surroundings))
    let port = try #require(serving.admission?.address.port)
    var trust = HTTPSettings()
    trust.trust = .only(try FileReader.read(folder.path + "/authority/ca.crt"))
    trust.timeouts.answer = .seconds(600)
    let client = HTTPClient(trust)
    for (path, user) in [("/admit/default", "kim"), ("/mutate/default", "dana")] {
      var request = HTTPRequest(try #require(HTTPURL("https://127.0.0.1:\(port)\(path)")), .post)
      request.body = AdmissionFixture.review(user: user)
      request.headers = [("Content-Type", "application/json")]
      request.authorization = "Bearer " + token
      let response = try await client.send(request)
      #expect(response.status == 200)
      _ = try await response.collect(atMost: 1 << 20)
    }
    await client.close()
    // Whatever was decided is written before it ends.
    await serving.stop()
    let store = EventQuestions.store(
      try SQLiteEventStore(folder.path + "/events", mode: .reading, now: { EventFixture.start }))
    let found = try await store.events(
      try EventQuestion(query: "event.dataset: bartizan.admission", now: EventFixture.start), .all, reveals: false)
    let cells = found.events.map { found in
      [FieldID.userName, .eventAction, .orchestratorResourceName, .eventOutcome, .ruleName, .bartizanProtocol].map {
        found.event.text($0) ?? "-"
      }
    }
    #expect(
      cells.sorted { $0[0] < $1[0] } == [
        ["dana", "create", "web", "success", "-", "internal"],
        ["kim", "create", "web", "failure", "no-latest", "internal"],
      ])
  }
}
