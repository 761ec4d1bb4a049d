import Bytes
import FakeCluster
import Foundation
import TestKit
import Testing
import Trust
import X509

/// Whether certificates of Notation's signatures are revoked, by lists and by answers of responders.
@Suite struct RevocationTests {
  static let now = Timestamp(seconds: Int64(VirtualSigner.now.timeIntervalSince1970)) ?? Timestamp(nanoseconds: 0)

  /// What a verification comes to.
  enum Outcome: Equatable {
    case verified
    case revoked
    case unknown(RevocationGap)
    case other(String)
  }

  static func outcome(
    _ signer: VirtualSigner, lists: [[UInt8]] = [], responses: [[UInt8]] = [], source: (any RevocationSource)? = nil,
    signed: Date? = nil, trusted: Bool = true, override: String = "{}"
  ) async throws -> (Outcome, TrustVerdict) {
    let kind: NotationTrustPolicy.StoreKind = signed == nil ? .ca : .signingAuthority
    var store = NotationTrustStore()
    if trusted { try store.add(signer.root, to: .init(kind: kind, name: "a")) }
    let statement = try NotationTests.statement(override: override, stores: "\"\(kind.rawValue):a\"")
    var read: (lists: [RevocationList], responses: [OCSPResponse]) = ([], [])
    for bytes in lists { read.lists.append(try RevocationList(bytes)) }
    for bytes in responses { read.responses.append(try OCSPResponse(bytes)) }
    let verifier = NotationVerifier(
      store: store, revocation: RevocationEvidence(lists: read.lists, responses: read.responses, source: source))
    let verdict = await verifier.verify(
      try signer.envelope(signed: signed), format: .jws, artifact: .init(digest: VirtualSigner.manifest),
      statement: statement, now: now)
    switch verdict.failure {
    case nil: return (.verified, verdict)
    case .revoked?: return (.revoked, verdict)
    case .revocationUnknown(_, let gap)?: return (.unknown(gap), verdict)
    case let failure?: return (.other(failure.sentence), verdict)
    }
  }

  static func before(_ hours: Double) -> Date { VirtualSigner.now.addingTimeInterval(-hours * 3_600) }

  @Test func aCertificateThatNobodyCanRevokeIsNotRevoked() async throws {
    let signer = try VirtualSigner(responder: nil, place: nil)
    #expect(try await Self.outcome(signer).0 == .verified)
  }

  @Test func lists() async throws {
    let signer = try VirtualSigner(responder: nil)
    let elsewhere = VirtualSigner.scope(place: "http://crl.example/other.crl")
    let here = VirtualSigner.scope(place: VirtualSigner.place)
    let table: [(String, [[UInt8]], Outcome)] = [
      ("none", [], .unknown(.noEvidence)),
      ("current", [try signer.list()], .verified),
      ("revoked", [try signer.list(.init(1))], .revoked),
      ("on hold", [try signer.list(.init(6))], .revoked),
      ("removed", [try signer.list(.init(8))], .verified),
      ("over", [try signer.list(next: -60)], .unknown(.notCurrent)),
      ("over, and revoked for good", [try signer.list(.init(1), next: -60)], .revoked),
      ("over, and on hold", [try signer.list(.init(6), next: -60)], .unknown(.notCurrent)),
      ("without an end", [try signer.list(next: nil)], .unknown(.notCurrent)),
      ("of the future", [try signer.list(this: 600)], .unknown(.notCurrent)),
      ("of this moment, by a clock ahead", [try signer.list(this: 120)], .verified),
      ("forged", [try signer.list(forged: true)], .unknown(.noEvidence)),
      ("revoked, and forged", [try signer.list(.init(1), forged: true)], .unknown(.noEvidence)),
      ("of this place", [try signer.list(scope: here)], .verified),
      ("of another place", [try signer.list(scope: elsewhere)], .unknown(.noEvidence)),
      ("revoked, of another place", [try signer.list(.init(1), scope: elsewhere)], .revoked),
      ("of users", [try signer.list(scope: VirtualSigner.scope(flags: [1]))], .verified),
      ("of authorities", [try signer.list(scope: VirtualSigner.scope(flags: [2]))], .unknown(.noEvidence)),
      ("indirect", [try signer.list(scope: VirtualSigner.scope(flags: [4]))], .unknown(.noEvidence)),
      ("of attributes", [try signer.list(scope: VirtualSigner.scope(flags: [5]))], .unknown(.noEvidence)),
      (
        "for some reasons", [try signer.list(scope: VirtualSigner.scope(reasons: [7, 0x7F, 0x00]))],
        .unknown(.noEvidence)
      ),
      (
        "for all reasons, in two",
        [
          try signer.list(scope: VirtualSigner.scope(reasons: [4, 0x70])),
          try signer.list(scope: VirtualSigner.scope(reasons: [7, 0x0F, 0x80])),
        ], .verified
      ),
    ]
    for (name, lists, wanted) in table {
      let (outcome, verdict) = try await Self.outcome(signer, lists: lists)
      #expect(outcome == wanted, "\(name)")
      #expect(outcome != .verified || verdict.ends.map { $0 > Self.now } == true, "\(name)")
    }
    let silent = try VirtualSigner(responder: nil, signsLists: false)
    #expect(try await Self.outcome(silent, lists: [try silent.list()]).0 == .unknown(.noEvidence))
    let other = try VirtualSigner()
    #expect(try await Self.outcome(signer, lists: [try other.list()]).0 == .unknown(.noEvidence))
  }

  @Test func deltas() async throws {
    let signer = try VirtualSigner(responder: nil)
    let place = "http://crl.example/delta.crl"
    let complete = try signer.list(delta: place)
    let held = try signer.list(.init(6, date: Self.before(5)), delta: place)
    let table: [(String, [[UInt8]], Outcome)] = [
      ("missing", [complete], .unknown(.deltaMissing)),
      ("nothing new", [complete, try signer.list(number: 6, base: 5)], .verified),
      ("newly revoked", [complete, try signer.list(.init(1), number: 6, base: 5)], .revoked),
      ("released", [held, try signer.list(.init(8, date: Self.before(2)), number: 6, base: 5)], .verified),
      ("still on hold", [held, try signer.list(number: 6, base: 5)], .revoked),
      (
        "revoked for good is not released",
        [try signer.list(.init(1), delta: place), try signer.list(.init(8), number: 6, base: 5)], .revoked
      ),
      ("to a newer list", [complete, try signer.list(number: 9, base: 6)], .unknown(.deltaMissing)),
      ("older than the list", [complete, try signer.list(number: 4, base: 3)], .unknown(.deltaMissing)),
      ("over", [complete, try signer.list(next: -60, number: 6, base: 5)], .unknown(.notCurrent)),
      (
        "of another scope", [complete, try signer.list(number: 6, base: 5, scope: VirtualSigner.scope(flags: [1]))],
        .unknown(.deltaMissing)
      ),
      ("alone", [try signer.list(number: 6, base: 5)], .unknown(.noEvidence)),
    ]
    for (name, lists, wanted) in table {
      #expect(try await Self.outcome(signer, lists: lists).0 == wanted, "\(name)")
    }
    // The certificate names a delta, and the list does not.
    let named = try VirtualSigner(responder: nil, deltaPlace: place)
    #expect(try await Self.outcome(named, lists: [try named.list()]).0 == .unknown(.deltaMissing))
  }

  /// What was signed before a key became bad stays good, where the time of signing is proved.
  @Test func invalidity() async throws {
    let signer = try VirtualSigner()
    let revoked = VirtualSigner.Revoked(1, date: Self.before(3), invalidity: Self.before(10))
    for (signed, wanted) in [
      (Self.before(20), Outcome.verified), (Self.before(5), .revoked), (nil, .revoked),
    ] {
      let listed = try await Self.outcome(signer, lists: [try signer.list(revoked)], signed: signed)
      #expect(listed.0 == wanted)
      let said = try await Self.outcome(signer, responses: [try signer.response(.revoked(revoked))], signed: signed)
      #expect(said.0 == wanted)
    }
    // Without a date of invalidity the time of revocation does not do: the key may have been bad for long.
    let plain = try await Self.outcome(
      signer, lists: [try signer.list(.init(1, date: Self.before(3)))], signed: Self.before(20))
    #expect(plain.0 == .revoked)
  }

  @Test func responders() async throws {
    let signer = try VirtualSigner(place: nil)
    let table: [(String, [UInt8], Outcome)] = [
      ("good", try signer.response(.good), .verified),
      ("good, by a delegate", try signer.response(.good, delegated: true), .verified),
      ("revoked", try signer.response(.revoked(.init(1))), .revoked),
      ("on hold", try signer.response(.revoked(.init(6))), .revoked),
      ("not known", try signer.response(.unknown), .unknown(.unknownToResponder)),
      ("over", try signer.response(.good, next: -60), .unknown(.notCurrent)),
      ("over, and revoked for good", try signer.response(.revoked(.init(1)), next: -60), .revoked),
      ("without an end", try signer.response(.good, next: nil), .unknown(.notCurrent)),
      ("of the future", try signer.response(.good, this: 900, next: 3_600), .unknown(.notCurrent)),
      ("on another certificate", try signer.response(.good, serial: [0x05]), .unknown(.noEvidence)),
      ("forged", try signer.response(.good, forged: true), .unknown(.noEvidence)),
      ("forged, by a delegate", try signer.response(.good, delegated: true, forged: true), .unknown(.noEvidence)),
    ]
    for (name, response, wanted) in table {
      #expect(try await Self.outcome(signer, responses: [response]).0 == wanted, "\(name)")
    }
    // Who may sign code may not speak for the authority.
    let impostor = try VirtualSigner(place: nil, delegateUse: .codeSigning)
    let said = try await Self.outcome(impostor, responses: [try impostor.response(.good, delegated: true)])
    #expect(said.0 == .unknown(.noEvidence))
    let other = try VirtualSigner(place: nil)
    #expect(try await Self.outcome(signer, responses: [try other.response(.good)]).0 == .unknown(.noEvidence))
  }

  /// A responder that does not know is no last word, and what one place says of a revocation is not undone by another.
  @Test func listsAndRespondersTogether() async throws {
    let signer = try VirtualSigner()
    let table: [(String, [UInt8], [UInt8], Outcome)] = [
      ("not known, not listed", try signer.response(.unknown), try signer.list(), .verified),
      ("not known, listed", try signer.response(.unknown), try signer.list(.init(1)), .revoked),
      ("good, listed", try signer.response(.good), try signer.list(.init(1)), .revoked),
      ("revoked, not listed", try signer.response(.revoked(.init(1))), try signer.list(), .revoked),
      ("good, list over", try signer.response(.good), try signer.list(next: -60), .verified),
    ]
    for (name, response, list, wanted) in table {
      #expect(try await Self.outcome(signer, lists: [list], responses: [response]).0 == wanted, "\(name)")
    }
  }

  /// Who is asked, for what no file says.
  actor Source: RevocationSource {
    var lists: [String: [UInt8]] = [:]
    var answer: [UInt8]?
    var asked: [String] = []

    init(lists: [String: [UInt8]] = [:], answer: [UInt8]? = nil) {
      self.lists = lists
      self.answer = answer
    }

    func response(
      from location: String, on certificate: SigningCertificate, issuer: SigningCertificate
    ) async throws(RevocationSourceFailure) -> OCSPResponse {
      asked.append(location)
      guard let answer, let read = try? OCSPResponse(answer) else { throw RevocationSourceFailure("nobody there") }
      return read
    }

    func list(from location: String) async throws(RevocationSourceFailure) -> RevocationList {
      asked.append(location)
      guard let bytes = lists[location], let list = try? RevocationList(bytes) else {
        throw RevocationSourceFailure("nothing there")
      }
      return list
    }
  }

  @Test func asking() async throws {
    let signer = try VirtualSigner()
    let delta = "http://crl.example/delta.crl"
    let lists = [VirtualSigner.place: try signer.list()]
    let table: [(String, Source, Outcome, [String])] = [
      ("responder", Source(lists: lists, answer: try signer.response(.good)), .verified, [VirtualSigner.responder]),
      (
        "responder says revoked", Source(lists: lists, answer: try signer.response(.revoked(.init(1)))), .revoked,
        [VirtualSigner.responder]
      ),
      ("list", Source(lists: lists), .verified, [VirtualSigner.responder, VirtualSigner.place]),
      (
        "responder does not know", Source(lists: lists, answer: try signer.response(.unknown)), .verified,
        [VirtualSigner.responder, VirtualSigner.place]
      ),
      (
        "delta",
        Source(lists: [
          VirtualSigner.place: try signer.list(delta: delta), delta: try signer.list(.init(1), number: 6, base: 5),
        ]),
        .revoked, [VirtualSigner.responder, VirtualSigner.place, delta]
      ),
      (
        "no delta", Source(lists: [VirtualSigner.place: try signer.list(delta: delta)]),
        .unknown(.unreachable("nothing there")), [VirtualSigner.responder, VirtualSigner.place, delta]
      ),
      (
        "nobody", Source(), .unknown(.unreachable("nothing there")), [VirtualSigner.responder, VirtualSigner.place]
      ),
      (
        "another authority's list", Source(lists: [VirtualSigner.place: try VirtualSigner().list()]),
        .unknown(.unreachable("\(VirtualSigner.place): another authority signed the list")),
        [VirtualSigner.responder, VirtualSigner.place]
      ),
    ]
    for (name, source, wanted, asked) in table {
      #expect(try await Self.outcome(signer, source: source).0 == wanted, "\(name)")
      #expect(await source.asked == asked, "\(name)")
    }
    // What a file says is enough, and a policy that does not ask for it asks nobody.
    let idle = Source(lists: lists, answer: try signer.response(.good))
    #expect(try await Self.outcome(signer, responses: [try signer.response(.good)], source: idle).0 == .verified)
    #expect(try await Self.outcome(signer, source: idle, override: #"{"revocation": "skip"}"#).0 == .verified)
    #expect(await idle.asked.isEmpty)
  }

  /// A policy that only logs who is not trusted must not make us speak to whom a stranger names.
  @Test func strangersAreNotAsked() async throws {
    let signer = try VirtualSigner()
    let source = Source(answer: try signer.response(.good))
    var store = NotationTrustStore()
    try store.add(try VirtualSigner().root, to: .init(kind: .ca, name: "a"))
    let statement = try NotationTests.statement(level: "audit", stores: #""ca:a""#)
    let verdict = await NotationVerifier(store: store, revocation: RevocationEvidence(source: source)).verify(
      try signer.envelope(), format: .jws, artifact: .init(digest: VirtualSigner.manifest), statement: statement,
      now: Self.now)
    #expect(verdict.isVerified)
    #expect(
      verdict.steps.contains { step in
        if case .noted(.revocationUnknown(_, .aboveTrust)) = step.outcome { true } else { false }
      })
    #expect(await source.asked.isEmpty)
  }

  @Test func hostileBytes() throws {
    let signer = try VirtualSigner()
    var mutation = Mutation(seed: 41)
    let response = try signer.response(.revoked(.init(1)), delegated: true, nonce: [1, 2, 3])
    let list = try signer.list(
      .init(1, invalidity: VirtualSigner.now), delta: VirtualSigner.place,
      scope: VirtualSigner.scope(place: VirtualSigner.place, flags: [1]))
    for _ in 0..<2_000 {
      _ = try? OCSPResponse(mutation.mutated(response))
      _ = try? RevocationList(mutation.mutated(list))
    }
    // The responder refuses; trailing bytes; another type; an empty file.
    let value = VirtualSigner.value
    for bytes in [
      value(0x30, value(0x0A, [6])), response + [0], value(0x30, value(0x0A, [0])), [], [0x30, 0x80, 0, 0],
    ] {
      #expect(throws: TrustFailure.self) { _ = try OCSPResponse(bytes) }
    }
    #expect(try OCSPResponse(response).nonce == [1, 2, 3])
  }
}
