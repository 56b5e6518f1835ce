extension MemberRecord {
  /// A 64-bit digest of everything but ``since``: equal digests mean that nothing is to be written.
  ///
  /// The same on every machine and run; stored beside the record.
  public var fingerprint: UInt64 { fingerprint(judgementDigest: judgement.digest) }

  /// ``fingerprint``, where the digest of the judgement is known: it is shared by many, and long.
  func fingerprint(judgementDigest: UInt64) -> UInt64 {
    var digest = Digest()
    digest.add(email)
    digest.add(name ?? "\u{0}")
    digest.add(role.rawValue)
    digest.add(sso.rawValue)
    digest.add(platformMFA.rawValue)
    digest.add(platformUserID ?? "\u{0}")
    digest.add(isPending ? 1 : 0)
    digest.add(judgementDigest)
    digest.add(provider ?? "\u{0}")
    digest.add(accountID ?? "\u{0}")
    digest.add(UInt64(enrolled.rawValue) << 32 | UInt64(factors.rawValue))
    if let exemption {
      digest.add(exemption.reason)
      digest.add(exemption.approvedBy)
      digest.add(UInt64(bitPattern: exemption.until.milliseconds))
    }
    digest.add(UInt64(findings.rawValue) << 1 | (isExempt ? 1 : 0))
    // One account is told by its id alone; a second one is not.
    if !accounts.isEmpty {
      for (source, id) in accounts.sorted(by: { $0.key < $1.key }) {
        digest.add(source)
        digest.add(id)
      }
    }
    if let keptFrom { digest.add(UInt64(bitPattern: keptFrom.milliseconds)) }
    if isHeld { digest.add("held") }
    return digest.value
  }
}

extension Adjudicator {
  /// What ``MemberRecord/fingerprint`` of a person's record would be, without making the record.
  func fingerprint(
    of person: Int, _ judgedCase: Case, _ enrolment: (enrolled: Tri, factors: FactorSet),
    _ exemption: Exemption?, _ findings: FindingSet
  ) -> UInt64 {
    let position = mainRow(of: person)
    let roster = reading.roster
    let row = roster.rows[position]
    var digest = Digest()
    roster.arena.withBytes(of: row.email) { digest.add($0) }
    Self.add(row.name, of: roster, to: &digest)
    digest.add(roster.role(at: position).rawValue)
    digest.add(Self.sso(row.kind, row.federated).rawValue)
    digest.add(platformMFA(row.kind, row.federated, row.platformMFA).rawValue)
    Self.add(row.userID, of: roster, to: &digest)
    digest.add(row.kind == .pending ? 1 : 0)
    digest.add(judgedCase.digest)
    digest.add(judgedCase.provider ?? "\u{0}")
    if let target = judgedCase.target, let account = account(of: person, target: target),
      let accounts = accounts(target: target)
    {
      accounts.withID(at: account) { digest.add($0) }
    } else {
      digest.add("\u{0}")
    }
    digest.add(UInt64(enrolment.enrolled.rawValue) << 32 | UInt64(enrolment.factors.rawValue))
    if let exemption {
      digest.add(exemption.reason)
      digest.add(exemption.approvedBy)
      digest.add(UInt64(bitPattern: exemption.until.milliseconds))
    }
    let isExempt = exemption?.isValid(at: now) ?? false
    digest.add(UInt64(findings.rawValue) << 1 | (isExempt ? 1 : 0))
    let accounts = accountIDs(of: person)
    if !accounts.isEmpty {
      for (source, id) in accounts.sorted(by: { $0.key < $1.key }) {
        digest.add(source)
        digest.add(id)
      }
    }
    return digest.value
  }

  private static func add(
    _ text: TextArena.Reference, of roster: Roster, to digest: inout Digest
  ) {
    if text.isNone {
      digest.add("\u{0}")
    } else {
      roster.arena.withBytes(of: text) { digest.add($0) }
    }
  }
}

extension Judgement {
  /// A 64-bit digest of the doors with all their evidence.
  public var digest: UInt64 {
    var digest = Digest()
    for door in doors {
      digest.add(door.provider)
      digest.add(door.app ?? "\u{0}")
      digest.add(door.verdict.rawValue)
      digest.add(door.code.rawValue)
      digest.add(door.reason)
      digest.add(door.witness ?? "\u{0}")
      door.sources.forEach { digest.add($0) }
      digest.add(door.policyLink ?? "\u{0}")
      digest.add(door.isProven ? 1 : 0)
      digest.add(door.policyDigest ?? "\u{0}")
      digest.add(door.origin ?? "\u{0}")
      for fact in door.witnessContext {
        digest.add(fact.name)
        digest.add(fact.value)
      }
      for item in door.evidence {
        digest.add(item.kind.rawValue)
        digest.add(item.id ?? "\u{0}")
        digest.add(item.name)
        digest.add(item.value)
        digest.add(item.path ?? "\u{0}")
      }
      for entry in door.inventory {
        digest.add(entry.row)
        digest.add(entry.object ?? "\u{0}")
        digest.add(entry.version ?? "\u{0}")
        digest.add(entry.state.rawValue)
        digest.add(entry.why)
        digest.add(entry.provider ?? "\u{0}")
      }
    }
    return digest.value
  }
}

/// A running 64-bit digest, the same on every run and machine; not for secrets.
struct Digest {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func add(_ text: String) {
    var copy = text
    copy.withUTF8 { add($0) }
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    add(KeyHash.fast(bytes))
    add(UInt64(bytes.count))
  }

  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0xD6E8_FEB8_6659_FD93
    value ^= value >> 29
  }
}
