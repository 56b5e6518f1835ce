import Foundation
import IdentityCore
import Testing

@testable import Alerts

@Suite("Notices about sources and held runs") struct NoticeTests {
  private static let notices = [
    AlertNotice(
      kind: .sourceFailed, subject: "okta", message: "Okta refused GET /api/v1/users (403).",
      remedy: "Grant okta.users.read."),
    AlertNotice(
      kind: .sourceRecovered, subject: "heroku",
      message: "Source heroku was read to its end again.", remedy: ""),
    AlertNotice(
      kind: .runHeld, subject: "5e0c7a2e", message: "The guard holds a part of the run.",
      remedy: "See it with idsync plan 5e0c7a2e."),
  ]

  private static var content: AlertContent {
    var content = Fixtures.content()
    content.notices = notices
    return content
  }

  @Test("are told in the text, on the page and in the webhook, each with what to do")
  func everywhere() throws {
    let content = Self.content
    let payload = String(
      decoding: try WebhookPayload.alert(Fixtures.message(), content), as: UTF8.self)
    for notice in Self.notices {
      for text in [AlertText.render(content), AlertPage.render(content), payload] {
        let plain = text.replacingOccurrences(of: "\n  ", with: " ")
          .replacingOccurrences(of: "\\/", with: "/")
        #expect(plain.contains(notice.message), "\(text)")
        #expect(notice.remedy.isEmpty || plain.contains(notice.remedy), "\(text)")
      }
      #expect(payload.contains(notice.kind.rawValue))
    }
  }

  @Test("make a message of their own, which says so in its first line, and count as no finding")
  func alone() {
    var content = Fixtures.content(opened: [], resolved: [])
    content.openGaps = 0
    #expect(content.isEmpty)
    content.notices = Self.notices
    #expect(!content.isEmpty && !content.atLeast(.critical).isEmpty)
    let headline = AlertDigest(content).headline
    #expect(
      headline
        == "source okta could not be read to its end, source heroku can be read again, the guard holds a part of the run"
    )
  }
}
