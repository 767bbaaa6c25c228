create index provider_payment_paid_out_by on provider_payment (paid_out_by);
