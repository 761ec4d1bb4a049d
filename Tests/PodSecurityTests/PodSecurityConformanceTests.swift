import Bytes
import Findings
import Kube
import PodSecurity
import TestKit
import Testing

/// The admission controller's own fixtures, and answers recorded from a real API server.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct PodSecurityConformanceTests {
  @Test func everyFixtureIsJudgedAsItsFolderSays() throws {
    var judged = 0
    let reasons = try JSONReader.read(SharedData.bytes("posture/psa/expected-error-substrings.json")).stringMap
    let byFileName = Dictionary(uniqueKeysWithValues: reasons.map { ($0.key.lowercased(), $0.value) })
    for level in [PodSecurityLevel.baseline, .restricted] {
      for minor in 0...PodSecurityVersion.newestKnown {
        for verdict in ["pass", "fail"] {
          for file in SharedData.files("posture/psa/test/testdata/\(level.name)/v1.\(minor)/\(verdict)") {
            let stream = DocumentReader.read(try FileReaderForTests.bytes(file))
            let document = try #require(stream.documents.first)
            let object = try #require(KubeObject(document, file: file))
            let template = try #require(PodTemplateCatalogue.templates(of: object).first)
            let message = PodSecurityStandard.message(template, level: level, version: .init(minor: minor))
            if verdict == "pass" {
              #expect(message == nil, "\(file)")
            } else {
              let name = String(file.split(separator: "/").last?.prefix { $0 != "." } ?? "")
              let check = String(name.reversed().drop { $0.isNumber }.reversed())
              let words = try #require(byFileName[check], "\(file) belongs to no known check")
              #expect(message?.contains(words) == true, "\(file): \(message ?? "allowed")")
            }
            judged += 1
          }
        }
      }
    }
    print("Pod Security fixtures judged: \(judged)")
    #expect(judged == 4537)
  }

  @Test func messagesOfARealServerToTheLetter() throws {
    let stream = JSONReader.readStream(try SharedData.bytes("kubernetes-recorded/psa-real-world.jsonl"))
    var compared = 0
    for record in stream.documents {
      let object = try #require(record["object"].flatMap { KubeObject($0, file: "recorded") })
      let template = try #require(PodTemplateCatalogue.templates(of: object).first)
      for (key, expected) in record["verdicts"]?.entries.map({ ($0.key, $0.value.string) }) ?? [] {
        let parts = key.split(separator: ":").map(String.init)
        let level = try #require(PodSecurityLevel(name: parts[0]))
        let version = try #require(PodSecurityVersion(parts[1]))
        #expect(
          PodSecurityStandard.message(template, level: level, version: version) == expected,
          "\(object.subject.text) at \(key)")
        compared += 1
      }
    }
    print("Pod Security messages compared: \(compared)")
    #expect(compared == 456)
  }
}
