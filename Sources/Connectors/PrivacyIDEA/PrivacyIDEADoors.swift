internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Every way past privacyIDEA once it is asked, and what changes its question.
enum PrivacyIDEADoors: DoorInventory {
  case frontEnd, noToken, noUser, weakTokens, otpPIN, passkeys, remembered, selfService, rewriting,
    handlers
  case unrecognised

  var row: InventoryRow {
    let policies = "https://privacyidea.readthedocs.io/en/latest/policies/authentication.html"
    return switch self {
    case .frontEnd:
      InventoryRow(
        .door, "front-end", "the front end that asks privacyIDEA",
        about:
          "privacyIDEA answers when it is asked; what asks it, and for a password before, the operator says (front)",
        source: "https://privacyidea.readthedocs.io/en/latest/application_plugins/index.html")
    case .noToken:
      InventoryRow(
        .door, "no-token", "people without a token",
        about: "passthru and passOnNoToken of GET /policy/, and whom, where and when they are for",
        source: policies)
    case .noUser:
      InventoryRow(
        .door, "no-user", "people whom privacyIDEA does not know",
        about: "passOnNoUser of GET /policy/; who is in no list is not judged by this source",
        source: policies)
    case .weakTokens:
      InventoryRow(
        .modifier, "weak-tokens", "tokens that are no second factor",
        about: "tokentype, state, owner and validity of GET /token/",
        source: "https://privacyidea.readthedocs.io/en/latest/tokens/tokentypes.html")
    case .otpPIN:
      InventoryRow(
        .modifier, "otppin", "sign-ins with the value of a token alone",
        about: "otppin of GET /policy/: with none nothing but the value is asked for",
        source: policies + "#otppin")
    case .passkeys:
      InventoryRow(
        .modifier, "passkeys", "passkeys, which sign in without a name or a password",
        about:
          "tokens of type passkey, and webauthn_user_verification_requirement of GET /policy/: only required makes two factors of one",
        source: "https://privacyidea.readthedocs.io/en/latest/tokens/tokentypes.html")
    case .remembered:
      InventoryRow(
        .modifier, "remembered", "remembered sign-ins and devices",
        worst: .opensSometimes("a remembered sign-in"),
        about: "auth_cache, remember_device and remember_device_validity of GET /policy/",
        source: policies + "#auth-cache")
    case .selfService:
      InventoryRow(
        .modifier, "self-service", "tokens that people enrol themselves",
        worst: .opensSometimes("a token that is no second factor enrolled by the person"),
        about: "the enroll… actions of GET /policy/?scope=user; without any policy all are allowed",
        source: "https://privacyidea.readthedocs.io/en/latest/policies/user.html")
    case .rewriting:
      InventoryRow(
        .modifier, "rewriting", "policies that change who or what is asked for",
        about: "mangle and set_realm of GET /policy/", source: policies + "#mangle")
    case .handlers:
      InventoryRow(
        .modifier, "event-handlers", "event handlers that change a question or an answer",
        about: "handlermodule of GET /event/",
        source: "https://privacyidea.readthedocs.io/en/latest/eventhandler/index.html")
    case .unrecognised:
      InventoryRow(
        .modifier, "unrecognised", "what idsync does not know of the policies",
        about: "keys and actions of GET /policy/")
    }
  }
}

/// What a reading of privacyIDEA says of its doors.
struct PrivacyIDEAPicture {
  typealias Things = [(object: String, version: String?, state: RowState)]

  var front: String
  var policies: [PrivacyIDEAWire.Policy]
  var selfService: Part<[PrivacyIDEAWire.Policy]>
  var handlers: Part<[PrivacyIDEAWire.EventHandler]>
  var remember: PrivacyIDEAConfiguration.Remember?
  var isPasskeyVouched: Bool

  /// How the reading accounts for each door and modifier.
  func state(of door: PrivacyIDEADoors) -> RowState {
    switch door {
    case .frontEnd: .configured("front: \(front)")
    case .noToken: .judged("passthru and passOnNoToken of the policies, and who has a token")
    case .noUser:
      .closed("passOnNoUser is for people who are in no list; those stay cannot-tell")
    case .weakTokens: .judged("the types of the person's tokens")
    case .otpPIN:
      // A PIN may be empty as well, which nothing shows; that the front end asks for a password is its operator's word.
      things(policies.filter { $0.actions["otppin"]?.lowercased() == "none" }) {
        .unknown(
          "policy \($0.name) asks for the value of a token alone",
          remedy: "vouch that \(front) asks for the password itself, or set otppin to userstore")
      }
    case .passkeys:
      isPasskeyVouched
        ? .configured("vouched for: \(front) asks for a password beside a passkey")
        : .judged("the passkeys of the person, and whether user verification is required")
    case .remembered:
      remember == .note
        ? .configured("remember_device: note")
        : .judged("auth_cache and remember_device of the policies, for more than a day")
    case .selfService: selfServiceState
    case .rewriting:
      things(policies.filter { $0.actions["mangle"] != nil || $0.actions["set_realm"] != nil }) {
        .unknown(
          "policy \($0.name) changes the user, the realm or the password of a sign-in",
          remedy: "see that no sign-in becomes somebody else's, or one with less, by it")
      }
    case .handlers: handlerState
    case .unrecognised: unrecognisedState
    }
  }

  private func things(
    _ policies: [PrivacyIDEAWire.Policy], _ state: (PrivacyIDEAWire.Policy) -> RowState
  ) -> RowState {
    .each(policies.map { (object: $0.name, version: $0.version, state: state($0)) })
  }

  private var selfServiceState: RowState {
    switch selfService {
    case .read: .judged("the policies of the scope user")
    case .unreadable(let reason, let remedy): .unknown(reason, remedy: remedy)
    }
  }

  // MARK: Event handlers

  /// Handlers that tell, count and write down, and change no question.
  private static let harmless: Set<String> = [
    "usernotification", "logging", "counter", "customuserattributes", "webhook", "container",
  ]

  private var handlerState: RowState {
    switch handlers {
    case .unreadable(let reason, let remedy): return .unknown(reason, remedy: remedy)
    case .read(let all):
      return .each(
        all.filter { $0.isActive && !Self.harmless.contains($0.module.lowercased()) }.map {
          let why = "the event handler \($0.name) (\($0.module)) may change what is asked for"
          let state = RowState.unknown(
            why, remedy: "see in privacyIDEA on which events it runs and what it does")
          return (object: $0.name, version: $0.version, state: state)
        })
    }
  }

  // MARK: What is newer than we are

  private var unrecognisedState: RowState {
    let remedy = "update idsync, or see in the documentation of privacyIDEA that it lets nobody in"
    var things: Things = []
    for policy in policies {
      for key in policy.unrecognised + policy.unrecognisedActions {
        things.append(
          (
            object: "policy \(policy.name)/\(key.path)", version: key.version,
            state: .unknown(
              "privacyIDEA shows a \(key.path) that idsync does not know", remedy: remedy)
          ))
      }
    }
    return .each(things)
  }
}

extension PrivacyIDEAWire.Policy {
  /// The actions of the scope `authentication` that are judged, accounted for, or change nothing but words and waits.
  private static let knownActions: Set<String> = [
    "passthru", "passthru_assign", "passthru_ignore_rollout_state", "passOnNoToken",
    "passonnotoken_ignore_rollout_state", "passOnNoUser", "otppin", "auth_cache",
    "remember_device", "remember_device_validity", "remember_device_max_devices", "mangle",
    "set_realm", "challenge_response", "challenge_text", "challenge_text_header",
    "challenge_text_footer", "change_pin_via_validate", "disabled_token_types",
    "resync_via_multichallenge", "enroll_via_multichallenge", "enroll_via_multichallenge_text",
    "enroll_via_multichallenge_template", "enroll_via_multichallenge_optional",
    "enroll_via_multichallenge_passkey_offline", "reset_all_user_tokens",
    "increase_failcounter_on_challenge", "preferred_client_mode", "force_challenge_response",
    "client_mode_per_user", "hide_specific_error_message", "application_tokentype", "emailtext",
    "emailsubject", "emailautosend", "smstext", "smsautosend", "email_challenge_text",
    "sms_challenge_text", "indexedsecret_challenge_text", "indexedsecret_count",
    "passkey_challenge_text", "passkey_trigger_by_pin", "push_text_on_mobile",
    "push_title_on_mobile", "push_ssl_verify", "push_require_presence", "push_code_to_phone",
    "push_code_to_phone_message", "push_challenge_text", "push_presence_options",
    "push_presence_custom_options", "push_presence_num_options", "push_wait",
    "push_allow_polling", "question_number", "webauthn_allowed_transports", "webauthn_timeout",
    "webauthn_user_verification_requirement", "webauthn_challenge_text", "u2f_challenge_text",
    "tiqr_challenge_text",
  ]

  /// The actions that are not known.
  var unrecognisedActions: [UnrecognisedKey] {
    JSONValue.object(actions.mapValues { .string($0) })
      .unrecognised(besides: Self.knownActions, at: "action")
  }
}
