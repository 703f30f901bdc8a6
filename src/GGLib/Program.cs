Console.WriteLine("gglib");
