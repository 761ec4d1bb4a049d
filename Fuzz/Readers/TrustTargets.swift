import Bytes
import Trust

extension FuzzTarget {
  static let trust: [FuzzTarget] = [
    FuzzTarget(name: "bundle") { _ = try SigstoreBundle(json: $0) },
    FuzzTarget(name: "trusted root") { _ = try TrustedRoot(json: $0) },
    FuzzTarget(name: "certificate") { bytes in
      _ = try CertificateIdentity(try SigningCertificate(der: bytes))
    },
    FuzzTarget(name: "public key") { bytes in
      _ = try? VerificationKey(pem: bytes)
      _ = try VerificationKey(spki: bytes)
    },
    FuzzTarget(name: "envelope jws") { _ = try NotationEnvelope($0, format: .jws).target() },
    FuzzTarget(name: "envelope cose") { _ = try NotationEnvelope($0, format: .cose).target() },
    FuzzTarget(name: "trust policy") { _ = try NotationTrustPolicy(json: $0) },
    FuzzTarget(name: "timestamp") { _ = try TimestampToken(der: $0) },
    FuzzTarget(name: "revocation list") { _ = try RevocationList($0) },
    FuzzTarget(name: "certificate status") { _ = try OCSPResponse($0) },
    FuzzTarget(name: "update root") { _ = try TUFTrust(root: $0) },
    FuzzTarget(name: "statement") { bytes in
      let statement = try InTotoStatement(payload: bytes)
      _ = try SLSAProvenance(statement)
    },
    FuzzTarget(name: "signed payload") { _ = try SimpleSigning(payload: $0) },
    FuzzTarget(name: "image policy") { bytes in
      struct Absent: Error {}
      _ = try ImagePolicyReader(file: "fuzz.yaml") { _ in throw Absent() }.read(bytes)
    },
  ]
}
