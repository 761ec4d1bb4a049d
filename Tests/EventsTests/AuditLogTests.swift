import Bytes
import Events
import TestKit
import Testing

@Suite struct AuditLogTests {
  private static func event(_ id: String, _ stage: String = "ResponseComplete", verb: String = "get") -> String {
    "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"auditID\":\"\(id)\",\"stage\":\"\(stage)\",\"verb\":\"\(verb)\",\"requestObject\":{\"a\":[\"}\\\"\",{}]},\"user\":{\"username\":\"kim\",\"groups\":[\"g\"]},\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"n\",\"name\":\"p\"},\"requestURI\":\"/api/v1/x?watch=1\",\"responseStatus\":{\"code\":200}}"
  }

  private static func read(_ text: String) -> AuditLog {
    var log = AuditLog()
    let bytes = Array(text.utf8)
    log.add(bytes.span)
    return log
  }

  @Test func linesAndListsAndStages() {
    let log = Self.read(
      Self.event("1", "RequestReceived") + "\n" + Self.event("1") + "\n{\"kind\":\"EventList\",\"items\":["
        + Self.event("2") + "," + Self.event("2") + "]}\n")
    #expect(log.events.map(\.id) == ["1", "2"])
    #expect(
      log.events.allSatisfy { $0.stage == "ResponseComplete" && $0.object?.name == "p" && $0.path == "/api/v1/x" })
    #expect(log.duplicates == 2 && log.errors.isEmpty)
  }

  /// The server takes the id from the client: one id may be that of many requests.
  @Test func requestsOfOneIDAreAllThere() {
    let other = Self.event("1").replacing("\"username\":\"kim\"", with: "\"username\":\"mallory\"")
    let log = Self.read(Self.event("1") + "\n" + other + "\n" + Self.event("1", "RequestReceived"))
    #expect(log.events.map(\.user) == ["kim", "mallory"])
    #expect(log.duplicates == 1)
  }

  @Test func aLineCutInTheMiddleCostsOnlyItself() {
    let whole = Self.event("1")
    let log = Self.read(whole.prefix(120) + "\n" + Self.event("2") + "\n" + whole.prefix(60))
    #expect(log.events.map(\.id) == ["2"])
    #expect(log.errors.count == 2 && log.errors.first?.line == 1)
  }

  @Test func otherDocumentsAreNamed() {
    let log = Self.read("{\"kind\":\"Pod\"}\n" + Self.event("3"))
    #expect(log.events.count == 1 && log.errors.count == 1)
  }

  @Test func mutatedLogsNeverCrash() {
    var random = SeededRandom(seed: 5)
    let text = Array((Self.event("1") + "\n" + Self.event("2")).utf8)
    for _ in 0..<500 {
      var log = AuditLog()
      let bytes = random.mutated(text)
      log.add(bytes.span)
      #expect(log.events.count <= 20)
    }
  }
}
