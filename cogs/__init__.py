"""What members and admins can do, a file a feature: acknowledge, call bot/, send."""
