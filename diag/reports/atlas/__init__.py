"""The atlas: audits as a static site, each page what one reader may see."""
