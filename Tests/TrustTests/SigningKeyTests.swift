import Bytes
import Crypto
import TestKit
import Testing
import Trust

/// Private keys: their files, and what they sign.
@Suite struct SigningKeyTests {
  /// Source: the test of `crypto_secretbox` in NaCl (tests/secretbox.c), after "Cryptography in NaCl", section 10.
  @Test func secretBox() throws {
    let key = try #require(Hex.bytes("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"))
    let nonce = try #require(Hex.bytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37"))
    let message = try #require(
      Hex.bytes(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561"
          + "f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60"
          + "902e52f0a089bc76897040e082f937763848645e0705"))
    let box = try #require(
      Hex.bytes(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce8"
          + "7b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732b"
          + "c0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5"))
    #expect(SecretBox.seal(message, key: key, nonce: nonce) == box)
    #expect(SecretBox.open(box, key: key, nonce: nonce) == message)
    for place in [0, 15, 16, box.count - 1] {
      var changed = box
      changed[place] ^= 1
      #expect(SecretBox.open(changed, key: key, nonce: nonce) == nil)
    }
    #expect(SecretBox.open(Array(box.prefix(15)), key: key, nonce: nonce) == nil)
    #expect(SecretBox.seal([], key: Array(key.dropLast()), nonce: nonce) == nil)
  }

  /// Every length around the ends of the blocks of the cipher and of the authenticator.
  @Test func everyLengthIsOpenedAgain() {
    let key = [UInt8](repeating: 7, count: 32)
    let nonce = [UInt8](repeating: 9, count: 24)
    for length in Array(0...70) + [127, 128, 129, 1_000] {
      let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      #expect(
        SecretBox.seal(message, key: key, nonce: nonce).flatMap { SecretBox.open($0, key: key, nonce: nonce) }
          == message)
    }
  }

  @Test(arguments: SigningKey.Kind.allCases.filter { $0 != .rsa4096 }) func generatedKeys(_ kind: SigningKey.Kind)
    async throws
  {
    let key = try SigningKey.generate(kind)
    let pem = Array(PEM.text("PRIVATE KEY", key.pkcs8).utf8)
    guard case .plain(let read) = try SigningKey.File(pem: pem) else {
      Issue.record("it is not encrypted")
      return
    }
    #expect(read.publicKey == key.publicKey)
    let sealed = try EncryptedKeyFile(
      pkcs8: key.pkcs8, password: Array("sail".utf8), salt: [UInt8](repeating: 1, count: 32),
      nonce: [UInt8](repeating: 2, count: 24), cost: .init(rounds: 1_024, blockSize: 8, parallelism: 1))
    guard case .encrypted(let file) = try SigningKey.File(pem: Array(sealed.pem.utf8)) else {
      Issue.record("it is encrypted")
      return
    }
    #expect(try SigningKey(der: file.open(Array("sail".utf8))).publicKey == key.publicKey)
    #expect(throws: TrustFailure.wrongPassword) { try file.open(Array("sails".utf8)) }
    for layout in ImageSigner.Layout.allCases { try await verify(key, layout) }
  }

  /// What is signed is verified by this key, and by no other, for this image and no other.
  private func verify(_ key: SigningKey, _ layout: ImageSigner.Layout) async throws {
    let signer = ImageSigner(key: key, layout: layout)
    let image = SignedImageBuilder()
    let signature = try signer.sign(image.digest, repository: image.repository, annotations: [("commit", "0123")])
    let statement = try signer.attest(
      image.digest, repository: image.repository, type: "https://example.com/check/v1",
      predicate: Array(#"{"passed": 12345678901234567890123}"#.utf8))
    #expect(String(decoding: statement.content, as: UTF8.self).isEmpty == false)
    let judge = ImageJudge(policies: [], root: nil)
    let now = try #require(Timestamp("2026-11-29T00:00:00Z"))
    func authority(_ key: VerificationKey) -> ImageAuthority {
      ImageAuthority(name: "", kind: .keys([key]), requiresLog: false)
    }
    for (signed, purpose) in [(signature, EvidenceVerdict.Purpose.signature), (statement, .attestation)] {
      let evidence = try Self.evidence(signed)
      let own = await judge.verify(evidence, of: image.image, by: authority(key.publicKey), now: now)
      #expect(own?.verdict.failure == nil && own?.verdict.isVerified == true && own?.purpose == purpose)
      let other = try SigningKey.generate(.p256).publicKey
      #expect(
        await judge.verify(evidence, of: image.image, by: authority(other), now: now)?.verdict.isVerified == false)
      let another = SignedImageBuilder(content: "another").image
      #expect(
        await judge.verify(evidence, of: another, by: authority(key.publicKey), now: now)?.verdict.isVerified == false)
    }
  }

  static func evidence(_ signed: ImageSigner.Signed) throws -> SignedImage.Evidence {
    guard signed.layout == .tags else { return .init(.bundle(signed.content), origin: "bundle") }
    let manifest = try SignatureManifest(signed, after: nil)
    let layers = CosignManifest.layers(try JSONReader.read(manifest.bytes))
    return .init(.cosign(signed.content, try #require(layers.first)), origin: "tag")
  }

  /// The predicate stands in the statement byte for byte.
  @Test func thePredicateIsNotChanged() throws {
    let key = try SigningKey.generate(.p256)
    let predicate = Array(#"{"number": 12345678901234567890123, "text": "a\u00e9"}"#.utf8)
    let signed = try ImageSigner(key: key, layout: .tags).attest(
      SignedImageBuilder().digest, repository: "r", type: "https://example.com/x", predicate: predicate)
    let payload = try DSSEEnvelope(json: signed.content).payload
    #expect(payload.contains(predicate))
    for type in ["unknown", ""] {
      #expect(throws: TrustFailure.self) {
        try ImageSigner(key: key, layout: .bundle).attest(
          SignedImageBuilder().digest, repository: "", type: type, predicate: predicate)
      }
    }
    // A provenance without a builder is none.
    #expect(throws: TrustFailure.self) {
      try ImageSigner(key: key, layout: .bundle).attest(
        SignedImageBuilder().digest, repository: "", type: "slsaprovenance1", predicate: Array("{}".utf8))
    }
  }

  @Test func layersAreAddedToThoseThatAreThere() throws {
    let signer = ImageSigner(key: try SigningKey.generate(.ed25519), layout: .tags)
    let digest = SignedImageBuilder().digest
    let first = try SignatureManifest(signer.sign(digest, repository: "a", annotations: []), after: nil)
    let second = try SignatureManifest(
      signer.sign(digest, repository: "b", annotations: []), after: try JSONReader.read(first.bytes))
    let layers = CosignManifest.layers(try JSONReader.read(second.bytes))
    let old = CosignManifest.layers(try JSONReader.read(first.bytes))
    #expect(layers.count == 2 && layers.first == old.first)
    let configuration = try JSONReader.read(second.blobs[0])
    #expect(configuration[path: "rootfs", "diff_ids"]?.strings == layers.map(\.digest))
  }

  /// Numbers in a file decide neither memory nor time.
  @Test(arguments: [
    #""N": 1073741824, "r": 8, "p": 1"#, #""N": 1000, "r": 8, "p": 1"#, #""N": 65536, "r": 1000, "p": 1"#,
    #""N": 65536, "r": 8, "p": 100000"#, #""N": 1048576, "r": 32, "p": 1"#, #""N": -1, "r": 8, "p": 1"#,
    #""r": 8, "p": 1"#,
    #""N": 0, "r": 0, "p": 0"#,
  ]) func costs(_ parameters: String) {
    let zeros = Base64.encode([UInt8](repeating: 0, count: 32))
    let json = """
      {"kdf": {"name": "scrypt", "params": {\(parameters)}, "salt": "\(zeros)"},
       "cipher": {"name": "nacl/secretbox", "nonce": "\(Base64.encode([UInt8](repeating: 0, count: 24)))"},
       "ciphertext": "\(zeros)"}
      """
    #expect(throws: TrustFailure.self) { try EncryptedKeyFile(json: Array(json.utf8)) }
  }

  @Test func otherFilesAreRefused() throws {
    let key = try SigningKey.generate(.p256)
    for (label, der) in [
      ("PUBLIC KEY", key.publicKey.spki), ("ENCRYPTED PRIVATE KEY", key.pkcs8), ("CERTIFICATE", key.pkcs8),
      ("PRIVATE KEY", key.pkcs8 + [0]), ("PRIVATE KEY", Array(key.pkcs8.dropLast())), ("PRIVATE KEY", []),
      ("PRIVATE KEY", Array(P256.KeyAgreement.PrivateKey().x963Representation)),
    ] {
      #expect(throws: TrustFailure.self, "\(label)") { try SigningKey.File(pem: Array(PEM.text(label, der).utf8)) }
    }
    let twice = PEM.text("PRIVATE KEY", key.pkcs8) + PEM.text("PRIVATE KEY", key.pkcs8)
    #expect(throws: TrustFailure.self) { try SigningKey.File(pem: Array(twice.utf8)) }
  }

  @Test func mutatedFiles() throws {
    let key = try SigningKey.generate(.p384)
    let sealed = try EncryptedKeyFile(
      pkcs8: key.pkcs8, password: [1], salt: [UInt8](repeating: 1, count: 32), nonce: [UInt8](repeating: 2, count: 24),
      cost: .init(rounds: 1_024, blockSize: 1, parallelism: 1))
    let json = try #require(Base64.decode(sealed.pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()))
    var mutation = Mutation(seed: 23)
    for _ in 0..<500 {
      _ = try? SigningKey(der: mutation.mutated(key.pkcs8))
      _ = try? SigningKey.File(pem: mutation.mutated(Array(sealed.pem.utf8)))
      _ = try? EncryptedKeyFile(json: mutation.mutated(json))
    }
  }
}
