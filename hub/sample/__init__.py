"""The sample company "Cera y Sal": data the demo fills a new workshop with."""
