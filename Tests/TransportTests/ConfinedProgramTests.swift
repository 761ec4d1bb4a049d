import Findings
import Testing
import Transport

/// A process that reads bytes of others: whatever it does with them, whoever started it goes on.
@Suite struct ConfinedProgramTests {
  private static func run(
    _ script: String, input: [UInt8] = Array("bytes".utf8), patience: Duration = .seconds(60), limit: Int = 1 << 20
  ) throws -> Result<[UInt8], ConfinedProgram.Failure> {
    let program = try ConfinedProgram("/bin/sh", ["-c", script], patience: patience)
    do throws(ConfinedProgram.Failure) {
      try program.send(input.span.bytes)
      return .success(try program.finish(limit: limit))
    } catch {
      return .failure(error)
    }
  }

  @Test func itAnswersAfterTheLastByte() throws {
    let input = [UInt8](repeating: 7, count: 1 << 18)
    #expect(try Self.run("cat", input: input, limit: 1 << 20) == .success(input))
    #expect(try Self.run("cat > /dev/null; printf done") == .success(Array("done".utf8)))
  }

  @Test func itHasNothingOfOurs() throws {
    let answer = try Self.run("cat > /dev/null; printf %s \"$HOME$PATH_OF_OURS$USER\"").get()
    #expect(answer.isEmpty)
  }

  @Test func howItEndsIsKnown() throws {
    #expect(try Self.run("kill -ILL $$") == .failure(.init(reason: .signal(4))))
    #expect(try Self.run("cat > /dev/null; kill -SEGV $$") == .failure(.init(reason: .signal(11))))
    #expect(try Self.run("cat > /dev/null; exit 3") == .failure(.init(reason: .status(3))))
    // More than a socket holds: it is over while it is still being fed.
    #expect(
      try Self.run("kill -KILL $$", input: [UInt8](repeating: 0, count: 8 << 20))
        == .failure(.init(reason: .signal(9))))
  }

  @Test func itIsNotWaitedForWithoutEnd() throws {
    #expect(
      try Self.run("sleep 600", input: [UInt8](repeating: 0, count: 8 << 20), patience: .milliseconds(50))
        == .failure(.init(reason: .hung)))
    #expect(try Self.run("exec sleep 600", patience: .milliseconds(50)) == .failure(.init(reason: .hung)))
  }

  @Test func itsAnswerIsBounded() throws {
    #expect(try Self.run("cat > /dev/null; cat /dev/zero", limit: 1 << 17) == .failure(.init(reason: .tooLong)))
  }

  @Test func whatCannotBeStartedIsAnError() {
    #expect(throws: BartizanError.self) { try ConfinedProgram("/no/such/program", [], patience: .seconds(1)) }
  }
}
