//! The payment reference of a claim: the creditor's own where it can tell claims apart, else one of
//! ours.

use primitives::{ClaimId, StructuredReference};
use uuid::Uuid;

use super::invoice::Invoice;

/// A reference that came with an invoice, and the claim that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceUse {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// A payment with it pays this claim and no other, of whatever creditor.
    pub claim_id: Option<ClaimId>,
}

impl ReferenceUse {
    /// The row of a reference.
    #[must_use]
    pub fn id(reference: &StructuredReference) -> Uuid {
        Uuid::new_v5(
            &Uuid::NAMESPACE_OID,
            format!("reference\0{}", reference.canonical()).as_bytes(),
        )
    }
}

/// The first structured reference in the invoice's payment means. Belgian e-FFF files keep it in
/// the instruction id. Twelve bare digits can be Belgian and Dutch: the seller's country decides.
/// Seven digits are never taken: a Dutch reference of that length has no check digit, and is more
/// often the invoice's number.
#[must_use]
pub fn claimed_reference(invoice: &Invoice) -> Option<StructuredReference> {
    let is_dutch = invoice.seller.address.country.as_deref() == Some("NL");
    let dutch = |text: &str| {
        let long_enough = text.chars().filter(char::is_ascii_digit).count() > 7;
        StructuredReference::parse_dutch(text).ok().filter(|_| long_enough)
    };
    let texts = invoice.payment_references.iter().chain(&invoice.instruction_ids);
    texts.map(String::as_str).find_map(|text| {
        let belgian = || StructuredReference::parse_belgian(text).ok();
        let rf = || StructuredReference::parse_rf(text).ok();
        if is_dutch {
            rf().or_else(|| dutch(text)).or_else(belgian)
        } else {
            rf().or_else(belgian).or_else(|| dutch(text))
        }
    })
}

/// The reference that we give a claim: twelve signs of its id, after `RF` and two check digits, so
/// four groups of four. Letters that look like figures are not used.
#[must_use]
pub fn own_reference(claim_id: ClaimId) -> Option<StructuredReference> {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let number = claim_id.as_uuid().as_u128();
    let sign = |place: u32| {
        let index = usize::try_from(number.checked_shr(place.checked_mul(5)?)? & 31).ok()?;
        SIGNS.get(index).copied().map(char::from)
    };
    let body: String = (0..12).rev().map(sign).collect::<Option<_>>()?;
    StructuredReference::rf_from(&body).ok()
}
