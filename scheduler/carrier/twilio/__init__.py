"""Twilio's dialect: what it checks, how it answers, lists, signs and calls back. Sources are named in each file."""
